"""Signing in and out."""

from flask import make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.accounts import queries, service
from app.accounts.browser import current_browser, known_browser
from app.accounts.forms import SignInForm
from app.accounts.models import SmsCode, SmsPurpose
from app.accounts.policy import RE_BINDING, is_local_path, signed_in
from app.accounts.routes.blueprint import blueprint
from app.accounts.visitor import close_here, current_visitor, open_here, why_signed_out
from app.core.access import access, anyone
from app.core.errors import TooMany
from app.core.limits import client_address
from app.messages.queries import find_demo_sms


def _next_path() -> str | None:
    target = request.args.get("next", "")
    return target if is_local_path(target) else None


def _asked() -> SmsCode | None:
    """The code this browser has requested and may still use."""
    browser = known_browser()
    return queries.find_sms_code(browser.hash, SmsPurpose.sign_in) if browser else None


def _show(form: SignInForm, status: int = 200, retry_after: int = 0) -> ResponseReturnValue:
    asked = _asked()
    if asked is not None and not form.is_submitted():
        form.phone.data = queries.phone_of_sms_code(asked)
    page = render_template(
        "accounts/new_session.html",
        form=form,
        next=_next_path(),
        why=why_signed_out(),
        asked=asked,
        demo_sms=find_demo_sms(queries.phone_of_sms_code(asked)) if asked is not None else None,
    )
    return page, status, {"Retry-After": str(retry_after)} if retry_after else {}


@blueprint.get("/sign-in")
@access(anyone)
def new_session() -> ResponseReturnValue:
    if current_visitor.is_authenticated and current_visitor.is_trusted and _asked() is None:
        return redirect(_next_path() or "/", 303)
    return _show(SignInForm())


@blueprint.post("/sign-in")
@access(anyone)
def create_session() -> ResponseReturnValue:
    form = SignInForm()
    if request.form.get("step") == "code":
        return _request_code(form)
    if not form.validate_on_submit():
        return _show(form, 422)
    carried = current_visitor.session_id if current_visitor.is_authenticated else None
    result = service.sign_in(form.mobile, form.digits, browser=current_browser(), replaces=carried)
    if result.started is None:
        form.refuse(form.code, result.check.sentence)
        return _show(form, result.check.status, result.check.retry_after)
    open_here(result.started)
    target = _next_path() or "/"
    if not current_visitor.is_trusted and target != "/lost":
        target = RE_BINDING
    return redirect(target, 303)


def _request_code(form: SignInForm) -> ResponseReturnValue:
    if not form.has_mobile():
        return _show(form, 422)
    try:
        service.request_sms_code(
            form.mobile, SmsPurpose.sign_in, browser=current_browser(), address=client_address(), is_lost=_next_path() == "/lost"
        )
    except TooMany as refusal:
        form.refuse(form.phone, refusal.what + refusal.next)
        return _show(form, refusal.status, refusal.retry_after)
    return redirect(url_for("accounts.new_session", next=_next_path()), 303)


@blueprint.post("/sign-out")
@access(signed_in)
def delete_session() -> ResponseReturnValue:
    service.sign_out(current_visitor.session)
    return left()


def left() -> ResponseReturnValue:
    """Redirects home as a stranger; all that the browser stored of the site is cleared, except the cookie that names the device."""
    close_here()
    response = make_response(redirect("/", 303))
    response.headers["Clear-Site-Data"] = '"cache", "storage"'
    return response
