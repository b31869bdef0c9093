"""The code page: locked behind the display PIN, then one answer that holds the first code."""

import json
import zlib
from typing import Any

from flask import Blueprint, Response, jsonify, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app.accounts.policy import trusted
from app.accounts.visitor import current_visitor
from app.core import clock
from app.core.access import access
from app.core.display import moment
from app.core.errors import DomainError
from app.credentials import queries, service
from app.credentials.forms import UnlockForm
from app.credentials.models import Credential, CredentialStatus
from app.credentials.policy import may_be_shown
from app.credentials.showing import PAGE, render_code, unlock_answer

blueprint = Blueprint("credentials", __name__)

HOLDS_HEADER = "X-Pz-Holds"  # the handle whose key this browser has, or empty
SCAN_IS_NEWS_SECONDS = 90
TIME_HEADER = "X-Pz-Time"  # the server's clock in milliseconds


@blueprint.get("/code")
@access(trusted)
def show_code() -> ResponseReturnValue:
    session, person_id = current_visitor.session, current_visitor.account.person_id
    shown = queries.find_shown(session.device_id, person_id) if person_id else None
    if shown is None:
        return redirect("/activation", 303)
    if shown.status is CredentialStatus.frozen:
        return render_template("credentials/show_frozen.html", credential=_find_own())
    if shown.handle is None or not service.is_unlocked(session):
        return _locked(UnlockForm())
    try:
        page = render_code(PAGE, shown, is_paused="paused" in request.args)
    except DomainError:  # its master is gone: the next unlock makes a new one
        service.lock_code(session)
        return _locked(UnlockForm())
    service.hear_from_device(shown.handle, shown.uses_since_seen, shown.seen_at)
    service.stay_unlocked(session)
    return page


@blueprint.post("/code/unlocking")
@access(trusted)
def create_unlocking() -> ResponseReturnValue:
    credential = _find_own()
    if credential is None or not may_be_shown(credential):
        return _seen_again()
    form = UnlockForm()
    if not form.validate_on_submit():
        return _locked(form, 422)
    session = current_visitor.session
    result = service.try_unlock(session, credential, form.pin.data, holds=request.headers.get(HOLDS_HEADER), wants_key=_is_fetch())
    if isinstance(result, service.Opened):
        return jsonify(unlock_answer(credential, result)) if _is_fetch() else _seen_again()
    if result.locked_until is None:
        form.pin.errors = [_("展码密码不对，还可以试 %(count)d 次。", count=result.guesses_left)]
        return _locked(form, 422)
    form.pin.errors = [_("展码密码输错太多次，%(until)s 以后才能再试。", until=moment(result.locked_until))]
    answer = _locked(form, 429)
    answer.headers["Retry-After"] = str(max(1, clock.seconds_until(result.locked_until)))
    return answer


@blueprint.post("/code/locking")
@access(trusted)
def create_locking() -> ResponseReturnValue:
    service.lock_code(current_visitor.session)
    return _seen_again()


@blueprint.get("/code/state")
@access(trusted)
def show_state() -> ResponseReturnValue:
    """One indexed read while nothing changes. 423 locked, 409 frozen, 410 ended: the page goes back to the lock."""
    session, person_id = current_visitor.session, current_visitor.account.person_id
    if not service.is_unlocked(session):
        return _state({"reason": "locked"}, 423)
    shown = queries.find_shown(session.device_id, person_id) if person_id else None
    if shown is None or shown.handle is None:
        return _state({"reason": "ended"}, 410)
    if shown.status is not CredentialStatus.active:
        return _state({"reason": "frozen"}, 409)
    number, until = shown.typed_number, shown.typed_until
    if number is None or service.is_typed_code_due(shown.typed_issued_at, shown.last_used):
        typed = service.keep_typed_code(shown.handle, shown.last_used)
        number, until = typed.number, typed.expires_at
        service.stay_unlocked(session)
    service.hear_from_device(shown.handle, shown.uses_since_seen, shown.seen_at)
    content = {"handle": shown.handle, "last_used": shown.last_used, "typed": number, "typed_until": until}
    if clock.timestamp() - shown.last_used < SCAN_IS_NEWS_SECONDS:
        content["place"] = service.place_of_scan(shown.last_scan_id)
    return _state(content)


def _find_own() -> Credential | None:
    person_id = current_visitor.account.person_id
    return queries.find_credential_of(person_id) if person_id else None


def _is_fetch() -> bool:
    return request.accept_mimetypes.best == "application/json"


def _seen_again() -> ResponseReturnValue:
    return redirect(url_for("credentials.show_code"), 303)


def _locked(form: UnlockForm, status: int = 200) -> Response:
    if _is_fetch():
        answer = jsonify({"page": render_template("credentials/_lock.html", form=form)})
    else:
        answer = Response(render_template("credentials/show_lock.html", form=form))
    answer.status_code = status
    return answer


def _state(content: dict[str, Any], status: int = 200) -> Response:
    body = json.dumps(content, separators=(",", ":"))
    etag = f'"{zlib.crc32(body.encode()):08x}"'
    headers = {"ETag": etag, TIME_HEADER: str(int(clock.timestamp() * 1000))}
    if status == 200 and request.headers.get("If-None-Match") == etag:
        return Response(status=304, headers=headers)
    return Response(body, status=status, mimetype="application/json", headers=headers)
