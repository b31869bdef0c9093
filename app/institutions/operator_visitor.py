"""Which operator is asking: a cookie of its own, beside and never instead of a citizen's or a member of staff's."""

from datetime import timedelta
from typing import Any

from flask import Flask, Response, g, redirect, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.exc import OperationalError
from werkzeug.local import LocalProxy

from app.core import clock
from app.core.access import Rule
from app.core.logs import log
from app.core.settings import settings
from app.institutions import desk_queries, service
from app.institutions.models import Operator, OperatorSession

SEEN_EVERY = timedelta(seconds=30)


class AtDesk:
    """A browser with a session of an operator. `is_signed_in` only with a password of the operator's own."""

    has_session = True

    def __init__(self, found: OperatorSession) -> None:
        self.session = found
        self.session_id: int = found.id
        self.seen_at = found.last_seen_at

    @property
    def operator(self) -> Operator:
        return self.session.operator

    @property
    def is_signed_in(self) -> bool:
        return not self.operator.must_choose_password


class Nobody:
    """A browser without one."""

    has_session = False
    is_signed_in = False


def _current() -> Any:
    if "desk" not in g:
        token = request.cookies.get(cookie_name(), "")
        found = desk_queries.find_open_session(token) if token else None
        g.desk = AtDesk(found) if found else Nobody()
    return g.desk


current_desk: AtDesk = LocalProxy(_current)  # type: ignore[assignment]


def cookie_name() -> str:
    return "__Host-pz-desk" if settings.has_https else "pz-desk"


def install(app: Flask) -> None:
    app.jinja_env.globals.update(current_desk=current_desk)
    app.after_request(_note_seen)
    app.after_request(_hand_out_cookie)


def carry(token: str) -> None:
    """From this answer on the browser carries this session; an empty token takes the cookie away."""
    g.new_desk_token = token
    g.pop("desk", None)


def _to_sign_in() -> ResponseReturnValue:
    return redirect(url_for("desk.new_password" if current_desk.has_session else "desk.new_session"), 303)


at_desk = Rule("operator", lambda: current_desk.is_signed_in, _to_sign_in)
has_desk_session = Rule("operator_session", lambda: current_desk.has_session, _to_sign_in)


def _hand_out_cookie(response: Response) -> Response:
    token = g.pop("new_desk_token", None)
    if token:
        response.set_cookie(cookie_name(), token, path="/", secure=settings.has_https, httponly=True, samesite="Strict")
    elif token is not None:
        response.delete_cookie(cookie_name(), path="/", secure=settings.has_https, httponly=True, samesite="Strict")
    return response


def _note_seen(response: Response) -> Response:
    """A while without a request ends a session; it is written down at most twice a minute."""
    desk = g.get("desk")
    if not isinstance(desk, AtDesk) or clock.now() - desk.seen_at < SEEN_EVERY:
        return response
    try:
        service.note_operator_seen(desk.session_id)
    except OperationalError as error:  # the page matters more than the moment it was last seen
        log.warning("note_seen_failed", operator_session=desk.session_id, reason=type(error.orig).__name__)
    return response
