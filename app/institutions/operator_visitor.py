"""Which operator is asking: a cookie of its own, beside and never instead of a citizen's or a member of staff's."""

from typing import Any

from flask import Flask, Response, g, redirect, url_for
from flask.typing import ResponseReturnValue

from app.core import store_away
from app.core.access import Rule
from app.core.flask_types import standing_for
from app.core.visits import SessionCookie, note_in_use
from app.institutions import desk_queries, service
from app.institutions.models import Operator, OperatorSession
from app.staff.visitor import SEEN_EVERY

COOKIE = SessionCookie("desk")


class AtDesk:
    """A browser with a session of an operator. `is_signed_in` only with every factor and a password of the operator's own."""

    has_session = True

    def __init__(self, found: OperatorSession) -> None:
        self.session = found
        self.session_id: int = found.id
        self.seen_at = found.last_seen_at

    @property
    def operator(self) -> Operator:
        return self.session.operator

    @property
    def is_verified(self) -> bool:
        return not self.session.needs_code

    @property
    def is_signed_in(self) -> bool:
        return self.is_verified and not self.operator.must_choose_password


class Nobody:
    """A browser without one."""

    has_session = False
    is_verified = False
    is_signed_in = False


def _current() -> Any:
    if "desk" not in g:
        token = COOKIE.read()
        found = desk_queries.find_open_session(token) if token else None
        g.desk = AtDesk(found) if found else Nobody()
    return g.desk


current_desk: AtDesk = standing_for(_current)


def install(app: Flask) -> None:
    app.jinja_env.globals.update(current_desk=current_desk)
    app.after_request(_note_seen)
    app.after_request(COOKIE.hand_out)
    store_away.on_away(app, _forget)


def carry(token: str) -> None:
    """From this answer on the browser carries this session; an empty token takes the cookie away."""
    COOKIE.carry(token)
    g.pop("desk", None)


def _to_sign_in() -> ResponseReturnValue:
    if not current_desk.has_session:
        return redirect(url_for("desk.new_session"), 303)
    return redirect(url_for("desk.new_password" if current_desk.is_verified else "desk.new_code"), 303)


at_desk = Rule("operator", lambda: current_desk.is_signed_in, _to_sign_in)
has_desk_session = Rule("operator_session", lambda: current_desk.has_session, _to_sign_in)
is_verified_at_desk = Rule("operator_verified", lambda: current_desk.is_verified, _to_sign_in)


def _forget() -> None:
    g.desk = Nobody()


def _note_seen(response: Response) -> Response:
    desk = g.get("desk")
    if isinstance(desk, AtDesk):
        note_in_use(desk.session_id, desk.seen_at, service.note_operator_seen, every=SEEN_EVERY)
    return response
