"""What all responses have in common: security headers, no-store, and refusals as a page or, under /api, as JSON."""

import base64
import hashlib
from collections.abc import Iterable
from typing import Any
from wsgiref.types import StartResponse

from flask import Flask, Request, Response, abort, current_app, g, render_template, request
from flask.sessions import SecureCookieSession, SecureCookieSessionInterface
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_wtf.csrf import CSRFError, CSRFProtect
from itsdangerous import URLSafeTimedSerializer
from werkzeug.exceptions import HTTPException
from werkzeug.middleware.proxy_fix import ProxyFix
from werkzeug.routing import IntegerConverter, Map

from app.core import installation, logs, outages, short_ways, store_away
from app.core.access import View
from app.core.db import let_go
from app.core.errors import DomainError
from app.core.flask_types import put_before
from app.core.signing_keys import SigningKeys

# Headers that only matter for documents are left out for these types: they would only cost bytes.
_NO_DOCUMENT = {"application/json", "text/css", "text/javascript", "image/png"}
_LARGEST_KEY = 2**63 - 1  # what a column of the database can hold
_TOKENLESS = "__takes_no_token__"


class _KeyConverter(IntegerConverter):
    """A number that fits a key of the database; no address has a larger one."""

    regex = r"[0-9]{1,19}"  # digits of other scripts would give the same page a second address

    def __init__(self, url_map: Map) -> None:
        super().__init__(url_map, max=_LARGEST_KEY)


class App(Flask):
    """Exceptions that no handler answered go to our log, not to Flask's own. A few addresses are answered by `short_ways`."""

    def wsgi_app(self, environ: dict[str, Any], start_response: StartResponse) -> Iterable[bytes]:
        answer = short_ways.take(self, environ, start_response)
        return super().wsgi_app(environ, start_response) if answer is None else answer

    def log_exception(self, exc_info: Any) -> None:
        outages.note("unexpected", exc_info[1], path=request.path, endpoint=request.endpoint)


def install(app: Flask) -> None:
    app.url_map.converters["int"] = _KeyConverter
    proxies = app.config["SETTINGS"].trusted_proxies
    if proxies:
        put_before(app, lambda inner: ProxyFix(inner, x_for=proxies, x_proto=0))
    app.extensions["signing_keys"] = SigningKeys(app)
    app.session_interface = _Sessions()
    app.config["WTF_CSRF_SECRET_KEY"] = app.extensions["signing_keys"]
    app.config["WTF_CSRF_CHECK_DEFAULT"] = False  # asked below: the API has keys instead of cookies
    app.extensions["csrf_guard"] = CSRFProtect(app)
    app.before_request(_check_token)
    app.before_request(_check_text)
    app.after_request(_headers)
    app.register_error_handler(DomainError, _refused)
    app.register_error_handler(CSRFError, _stale_form)
    app.register_error_handler(HTTPException, _http_error)
    app.register_error_handler(Exception, _unexpected)
    app.teardown_appcontext(_let_go)
    app.jinja_env.globals.update(allow_inline=allow_inline)


class _Sessions(SecureCookieSessionInterface):
    """Flask makes a new serializer for every request; here one is kept for each app, epoch and signing key.

    The epoch is mixed into the signature, so cookies from before a restore are void: the ids in them may belong to other rows by
    now. A cookie that was valid before the restore is noted, so that the page can say why everybody is signed out.
    """

    def get_signing_serializer(self, app: Flask) -> URLSafeTimedSerializer | None:
        return self._serializer(app, installation.epoch())

    def open_session(self, app: Flask, request: Request) -> SecureCookieSession | None:
        opened = super().open_session(app, request)
        cookie = request.cookies.get(self.get_cookie_name(app))
        if cookie and not opened and (epoch := installation.epoch()):
            g.is_from_before_restore = any(self._has_signed(app, before, cookie) for before in range(epoch))
        return opened

    def _has_signed(self, app: Flask, epoch: int, cookie: str) -> bool:
        signer = self._serializer(app, epoch)
        return signer is not None and signer.loads_unsafe(cookie)[0]

    def _serializer(self, app: Flask, epoch: int) -> URLSafeTimedSerializer | None:
        known: dict[tuple[int, int], URLSafeTimedSerializer] = app.extensions.setdefault("session_serializers", {})
        keys: SigningKeys = app.extensions["signing_keys"]
        if not (number := keys.number):
            return None
        if (epoch, number) not in known:
            known[epoch, number] = URLSafeTimedSerializer(
                keys,
                salt=f"{self.salt}.{epoch}" if epoch else self.salt,
                serializer=self.serializer,
                signer_kwargs={"key_derivation": self.key_derivation, "digest_method": self.digest_method},
            )
        return known[epoch, number]


def allow_inline(text: str) -> str:
    """Marks this exact inline style as allowed on the page being rendered; returns it unchanged."""
    digest = base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
    g.setdefault("style_hashes", set()).add(f"'sha256-{digest}'")
    return text


def takes_no_token(view: View) -> View:
    """Marks a view that scripts post to without a form, harmless from anywhere. tests/house/test_routes.py lists them."""
    setattr(view, _TOKENLESS, True)
    return view


def is_api() -> bool:
    return request.path == "/api" or request.path.startswith("/api/")


def _check_token() -> None:
    """Every form that posts carries the token of its session, whether or not a WTForm reads it."""
    if request.endpoint is not None and not is_api() and not hasattr(current_app.view_functions[request.endpoint], _TOKENLESS):
        current_app.extensions["csrf_guard"].protect()


def _check_text() -> None:
    """Nobody types a NUL, and PostgreSQL holds none. The API's bodies are checked by their schema."""
    if "\0" in request.path:
        abort(404)
    is_form = request.method == "POST" and not is_api()
    if b"%00" in request.query_string or (is_form and any("\0" in text for texts in request.form.listvalues() for text in texts)):
        abort(400)


def content_security_policy() -> str:
    styles = " ".join(["'self'", *sorted(g.get("style_hashes", ()))])
    form_targets = g.get("form_action", "'self'")
    return (
        f"default-src 'none'; script-src 'self'; style-src {styles}; img-src 'self' data:; connect-src 'self'; font-src 'none'; "
        f"manifest-src 'self'; worker-src 'self'; form-action {form_targets}; base-uri 'none'; "
        "frame-ancestors 'none'; object-src 'none'"
    )


def _headers(response: Response) -> Response:
    headers = response.headers
    headers.setdefault("X-Content-Type-Options", "nosniff")
    headers.setdefault("Cache-Control", "no-store")
    if is_api() or response.mimetype in _NO_DOCUMENT:
        return response
    headers.setdefault("Content-Security-Policy", content_security_policy())
    headers.setdefault("Referrer-Policy", "same-origin")
    headers.setdefault("Cross-Origin-Opener-Policy", "same-origin")
    headers.setdefault("Permissions-Policy", "camera=(self), geolocation=(), microphone=(), payment=()")
    return response


def refusal_page(error: DomainError) -> ResponseReturnValue:
    headers = {"Retry-After": str(error.retry_after)} if error.retry_after else {}
    return render_template("errors/refusal.html", error=error), error.status, headers


def _refused(error: DomainError) -> ResponseReturnValue:
    if is_api():
        return _api_error(error)
    try:
        return refusal_page(error)
    except Exception as failure:
        if not outages.is_store_failure(failure) or store_away.is_away():
            raise
        return _store_unavailable(failure)


def _api_error(error: DomainError) -> ResponseReturnValue:
    answer: ResponseReturnValue = current_app.extensions["api_error"](error)
    return answer


def _http_error(error: HTTPException) -> ResponseReturnValue:
    status = error.code or 500
    if status < 400:
        return error
    cause = getattr(error, "original_exception", None)  # what was raised outside the handlers, such as in an after_request hook
    if cause is not None and outages.is_store_failure(cause):
        return _store_unavailable(cause)
    sentences = {
        400: ("bad_request", _("浏览器发来的内容不完整。"), _("请回到上一页再试一次。")),
        401: ("sign_in", _("请先登录。"), _("登录后再打开这一页。")),
        403: ("forbidden", _("您不能打开这一页。"), _("如果您认为应当可以，请拨打热线。")),
        404: ("not_found", _("没有找到这个页面。"), _("请检查地址，或回到首页重新进入。")),
        405: ("method_not_allowed", _("这个地址不能这样打开。"), _("请从首页重新进入。")),
        413: ("too_large", _("发来的内容太大了。"), _("请换小一些的文件再试。")),
        415: ("media_type", _("内容的格式不对。"), _("请回到上一页再试一次。")),
        429: ("too_many_requests", _("您操作得太快了。"), _("请过一会儿再试。")),
    }
    code, what, after = sentences.get(status, ("try_again", _("现在办不了。"), _("请过几分钟再试。")))
    shown = DomainError(code, what, after, status=status)
    methods: Iterable[str] = getattr(error, "valid_methods", None) or ()
    allow = {"Allow": ", ".join(methods)} if methods else {}
    response = current_app.make_response(_refused(shown))
    response.headers.update(allow)
    return response


def _stale_form(error: CSRFError) -> ResponseReturnValue:
    return _refused(DomainError("stale_form", _("这一页打开太久了，没有提交成功。"), _("请返回上一页，刷新后再提交。"), status=400))


def _store_unavailable(error: BaseException) -> ResponseReturnValue:
    """This page is made without the database: it looks up neither the visitor nor the hotline."""
    outages.store_failed(error)
    let_go()
    store_away.begin()
    is_form = request.method == "POST"
    after = _("您填的内容请先不要关闭，过几分钟再试。") if is_form else _("请过几分钟再试。")
    return _refused(DomainError("try_again", _("现在连不上医保局的系统。"), after, status=503, retry_after=5))


def _unexpected(error: Exception) -> ResponseReturnValue:
    if outages.is_store_failure(error):
        return _store_unavailable(error)
    logs.log.exception("unexpected", path=request.path, endpoint=request.endpoint)
    return _refused(DomainError("try_again", _("系统出了问题，已经记录下来。"), _("请过几分钟再试。"), status=500))


def _let_go(_error: BaseException | None) -> None:
    """Runs before Flask-SQLAlchemy's own teardown: if the database went away after the response was made, the response survives."""
    let_go()
