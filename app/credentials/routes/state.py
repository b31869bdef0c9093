"""`GET /code/state`: what became of the code on the screen. Polled every other second, so it does no more than it must."""

from typing import Any

from flask import Blueprint, Response, request, session
from flask.blueprints import BlueprintSetupState
from flask.typing import ResponseReturnValue

from app.accounts.policy import trusted
from app.accounts.visitor import SEEN_EVERY, current_visitor
from app.core import clock, short_ways
from app.core.access import Rule, access
from app.core.crypto import vault
from app.core.flask_types import app_of
from app.credentials import service
from app.credentials.keyring import keyring
from app.credentials.live_state import TIME_HEADER, etag_of, state_of, tells_news, to_bytes
from app.credentials.models import CredentialStatus
from app.credentials.queries.code_state import find_polled
from app.credentials.quiet_polls import PATH, QuietPolls

blueprint = Blueprint("state", __name__)

MOST_ID = 2**63  # fixed: what a column of the database can hold

# The one read also returns the session, and the view checks it by the same conditions as `trusted`.
polled = Rule("polled", lambda: True)


@blueprint.record_once
def _install(state: BlueprintSetupState) -> None:
    app = app_of(state)
    short_ways.offer(app, "GET", PATH, QuietPolls(app, SEEN_EVERY))


@blueprint.get("/code/state")
@access(polled)
def show_state() -> ResponseReturnValue:
    """One indexed read while nothing changes. 423 locked, 409 frozen, 410 ended or to be renewed: the page goes back to the lock.

    A live handle on this device is the permission: when a link, the trust in the device or the device ends, so does the handle.
    """
    token, of = session.get("_user_id"), request.args.get("of", type=int)
    if of is not None and not 0 <= of < MOST_ID:
        return _answer({"reason": "ended"}, 410)
    shown = find_polled(vault.keyed_hash("session", token), of) if token else None
    if shown is None or (shown.person_id is not None and shown.bound_at is None):
        return trusted.refuse() if trusted.refuse is not None else _answer({"reason": "ended"}, 410)
    if clock.now() - shown.last_seen_at >= SEEN_EVERY:
        _ = current_visitor.is_authenticated  # loads the visitor, so that the after-request hook notes them as seen
    if shown.handle is None or service.end_if_ahead(shown.handle, shown.last_used):
        return _answer({"reason": "ended"}, 410)
    if not service.is_fresh(shown.unlocked_at):
        service.hear_from_device(shown.handle, shown.uses_since_seen, shown.seen_at)  # for a phone opened without a network
        return _answer({"reason": "locked"}, 423)
    if keyring.find(shown.master_id) is None:
        return _answer({"reason": "renew"}, 410)
    if shown.status is not CredentialStatus.active:
        return _answer({"reason": "frozen"}, 409)
    number, until = shown.typed_number, shown.typed_until
    if number is None or service.is_typed_code_due(shown.typed_issued_at, shown.last_used):
        typed = service.keep_typed_code(shown.handle, shown.last_used)
        number, until = typed.number, typed.expires_at
        service.stay_unlocked(current_visitor.session)
    service.hear_from_device(shown.handle, shown.uses_since_seen, shown.seen_at)
    place = service.place_of_scan(shown.last_scan_id) if tells_news(shown) else None
    return _answer(state_of(shown, number, until, place))


def _answer(content: dict[str, Any], status: int = 200) -> Response:
    body = to_bytes(content)
    etag = etag_of(body)
    headers = {"ETag": etag, TIME_HEADER: str(int(clock.timestamp() * 1000))}
    if status == 200 and request.headers.get("If-None-Match") == etag:
        return Response(status=304, mimetype="application/json", headers=headers)
    return Response(body, status=status, mimetype="application/json", headers=headers)
