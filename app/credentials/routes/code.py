"""The code page: locked behind the display PIN; the response to unlocking already holds the first code."""

from flask import Blueprint, Response, abort, jsonify, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app.accounts.models import NEEDED_TO_SHOW
from app.accounts.policy import trusted
from app.accounts.queries import list_outdated
from app.accounts.visitor import current_visitor
from app.core import clock
from app.core.access import access
from app.core.compression import compressed
from app.core.display import moment
from app.core.errors import DomainError
from app.credentials import queries, service
from app.credentials.code_page import PAGE, address_of, label_of, render_code, unlock_answer
from app.credentials.forms import UnlockForm
from app.credentials.models import CredentialStatus

blueprint = Blueprint("credentials", __name__)

HOLDS_HEADER = "X-Pz-Holds"  # the handles whose keys this browser has, comma separated


@blueprint.get("/code")
@blueprint.get("/code/<int:credential_id>")
@access(trusted)
def show_code(credential_id: int | None = None) -> ResponseReturnValue:
    """The visitor's own code, or by its credential id that of a family member."""
    session, showables = current_visitor.session, service.list_showables(current_visitor.account)
    showable = _choose(showables, credential_id)
    if showable is None:
        return redirect("/activation", 303)
    if showable.status is CredentialStatus.frozen:
        return _frozen(showable)
    shown = queries.find_shown_credential(session.device_id, showable.credential_id)
    if (
        shown is None
        or shown.handle is None
        or service.end_if_ahead(shown.handle, shown.last_used)
        or not service.is_unlocked(session)
    ):
        if list_outdated(session.account_id, NEEDED_TO_SHOW):  # checked when the page is opened, not for every code that follows
            return redirect(url_for("accounts.show_consent_renewal", next=request.path), 303)
        return _locked(UnlockForm(), showable)
    try:
        page = render_code(PAGE, shown, showable, showables, is_paused="paused" in request.args)
    except DomainError:  # its master is gone: the next unlock makes a new presentation
        service.lock_code(session)
        return _locked(UnlockForm(), showable)
    service.hear_from_device(shown.handle, shown.uses_since_seen, shown.seen_at)
    service.stay_unlocked(session)
    return compressed(page)


@blueprint.post("/code/unlocking")
@access(trusted)
def create_unlocking() -> ResponseReturnValue:
    """The account's PIN opens everything this device may show; `of` names the code to show next."""
    account, session = current_visitor.account, current_visitor.session
    showable = _choose(service.list_showables(account), request.form.get("of", type=int))
    if showable is None or showable.status is not CredentialStatus.active:
        return _seen_again(showable)
    form = UnlockForm()
    if not form.validate_on_submit():
        return _locked(form, showable, 422)
    holds, credential = request.headers.get(HOLDS_HEADER), queries.get_credential(showable.credential_id)
    result = service.try_unlock(
        session, credential, form.pin.data or "", holds=holds, wants_key=_is_fetch(), shown_by=showable.shown_by
    )
    if isinstance(result, service.Opened):
        if _is_fetch():
            return compressed(jsonify(unlock_answer(credential, result, form.pin.data or "", holds)))
        service.open_wallet(account, session.device, opened=result)
        return _seen_again(showable)
    if result.locked_until is None:
        form.pin.errors = [_("展码密码不对，还可以试 %(count)d 次。", count=result.guesses_left)]
        return _locked(form, showable, 422)
    form.pin.errors = [_("展码密码输错太多次，%(until)s 以后才能再试。", until=moment(result.locked_until))]
    answer = _locked(form, showable, 429)
    answer.headers["Retry-After"] = str(max(1, clock.seconds_until(result.locked_until)))
    return answer


@blueprint.post("/code/locking")
@access(trusted)
def create_locking() -> ResponseReturnValue:
    service.lock_code(current_visitor.session)
    return _seen_again(service.find_showable(current_visitor.account, request.form.get("of", -1, type=int)))


def _choose(showables: list[service.Showable], credential_id: int | None) -> service.Showable | None:
    """The requested code, or without an id the visitor's own. 404 if this account may not show it, 410 if it could until now."""
    if credential_id is None:
        return next((found for found in showables if found.shown_by == "self"), None)
    chosen = next((found for found in showables if found.credential_id == credential_id), None)
    if chosen is None and queries.was_shown_on(current_visitor.session.device_id, credential_id):
        what = _("这张医保码，这部手机现在不能再出示了。")
        raise DomainError("link_ended", what, _("原因写在“家人”页面和消息里。马上要用，可以出示本人的身份证或社保卡。"), status=410)
    return chosen or abort(404)


def _is_fetch() -> bool:
    return request.accept_mimetypes.best == "application/json"


def _seen_again(showable: service.Showable | None = None) -> ResponseReturnValue:
    return redirect(address_of(showable) if showable else url_for("credentials.show_code"), 303)


def _frozen(showable: service.Showable) -> ResponseReturnValue:
    credential = queries.get_credential(showable.credential_id)
    return render_template("credentials/show_frozen.html", credential=credential, showable=showable, label=label_of(showable))


def _locked(form: UnlockForm, showable: service.Showable, status: int = 200) -> Response:
    words = {"form": form, "showable": showable, "label": label_of(showable), "here": address_of(showable)}
    if _is_fetch():
        answer = jsonify({"page": render_template("credentials/_lock.html", **words)})
    else:
        answer = Response(render_template("credentials/show_lock.html", **words))
    answer.status_code = status
    return compressed(answer)
