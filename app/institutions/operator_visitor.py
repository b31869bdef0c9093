"""Which operator is asking: by a cookie of its own, never instead of a citizen's or a staff member's."""

from flask import Flask, redirect, url_for
from flask.typing import ResponseReturnValue

from app.core.access import Rule
from app.core.flask_types import standing_for
from app.core.sessions import Door, Nobody, Present
from app.institutions.models import Operator, OperatorSession
from app.institutions.queries import operators as desk_queries


class AtDesk(Present[OperatorSession]):
    """A browser with an operator's session. `is_signed_in` only with every factor and a password the operator has chosen."""

    @property
    def operator(self) -> Operator:
        return self.session.operator

    @property
    def is_verified(self) -> bool:
        return not self.session.needs_code

    @property
    def is_signed_in(self) -> bool:
        return self.is_verified and not self.operator.must_choose_password


def _find(token: str) -> AtDesk | None:
    found = desk_queries.find_open_session(token)
    return AtDesk(found) if found else None


_door = Door("desk", OperatorSession, _find, Nobody)
carry = _door.carry
current_desk: AtDesk = standing_for(_door.current)


def install(app: Flask) -> None:
    app.jinja_env.globals.update(current_desk=current_desk)
    _door.install(app)


def _to_sign_in() -> ResponseReturnValue:
    if not current_desk.has_session:
        return redirect(url_for("desk.new_session"), 303)
    return redirect(url_for("desk.new_password" if current_desk.is_verified else "desk.new_code"), 303)


at_desk = Rule("operator", lambda: current_desk.is_signed_in, _to_sign_in)
has_desk_session = Rule("operator_session", lambda: current_desk.has_session, _to_sign_in)
is_verified_at_desk = Rule("operator_verified", lambda: current_desk.is_verified, _to_sign_in)
