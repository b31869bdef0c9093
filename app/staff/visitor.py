"""Which member of staff is asking: a cookie of its own, beside and never instead of a citizen's session."""

from datetime import timedelta
from typing import Any

from flask import Flask, Response, g

from app.core import store_away
from app.core.flask_types import standing_for
from app.core.visits import SessionCookie, note_in_use
from app.staff import queries, service
from app.staff.models import StaffMember, StaffSession
from app.staff.rights import Right, has_right
from app.staff.role_names import role_names

SEEN_EVERY = timedelta(seconds=30)  # fixed: idle limits are counted in minutes
COOKIE = SessionCookie("staff")


class Staff:
    """A browser with a session of staff. `is_signed_in` only with both factors and a password of the member's own."""

    def __init__(self, found: StaffSession) -> None:
        self.session = found
        self.session_id: int = found.id
        self.staff_id: int = found.staff_id
        self.seen_at = found.last_seen_at
        self.is_verified = found.verified_at is not None
        self._regions: frozenset[str] | None = None

    @property
    def member(self) -> StaffMember:
        return self.session.member

    @property
    def actor(self) -> str:
        return StaffMember.actor_of(self.staff_id)

    @property
    def has_session(self) -> bool:
        return True

    @property
    def is_signed_in(self) -> bool:
        return self.is_verified and not self.member.must_choose_password

    @property
    def regions(self) -> frozenset[str]:
        """admdvs of the insured regions this member's agency answers for."""
        if self._regions is None:
            self._regions = queries.regions_of(self.member.agency)
        return self._regions

    def may(self, right: Right) -> bool:
        return self.is_signed_in and has_right(self.member.roles, right)


class Nobody:
    """A browser without one."""

    has_session = False
    is_verified = False
    is_signed_in = False
    regions: frozenset[str] = frozenset()

    def may(self, _right: Right) -> bool:
        return False


def _current() -> Any:
    if "staff" not in g:
        token = COOKIE.read()
        found = queries.find_open_session(token) if token else None
        g.staff = Staff(found) if found else Nobody()
    return g.staff


current_staff: Staff = standing_for(_current)


def install(app: Flask) -> None:
    app.jinja_env.globals.update(current_staff=current_staff, Right=Right, role_names=role_names)
    app.after_request(_note_seen)
    app.after_request(COOKIE.hand_out)
    store_away.on_away(app, _forget)


def carry(token: str) -> None:
    """From this answer on the browser carries this session; an empty token takes the cookie away."""
    COOKIE.carry(token)
    g.pop("staff", None)


def _forget() -> None:
    g.staff = Nobody()


def _note_seen(response: Response) -> Response:
    staff = g.get("staff")
    if isinstance(staff, Staff):
        note_in_use(staff.session_id, staff.seen_at, service.note_seen, every=SEEN_EVERY)
    return response
