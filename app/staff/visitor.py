"""The member of staff who makes the request. Their cookie is separate from that of a citizen's session."""

from flask import Flask

from app.core.flask_types import standing_for
from app.core.sessions import Door, Nobody, Present
from app.staff import queries
from app.staff.models import StaffMember, StaffSession
from app.staff.rights import Right, has_right
from app.staff.role_names import role_names


class Staff(Present[StaffSession]):
    """A browser with a session of staff. `is_signed_in` needs both factors and a password chosen by the member."""

    def __init__(self, found: StaffSession) -> None:
        super().__init__(found)
        self.staff_id: int = found.staff_id
        self.is_verified = found.verified_at is not None
        self._regions: frozenset[str] | None = None

    @property
    def member(self) -> StaffMember:
        return self.session.member

    @property
    def actor(self) -> str:
        return StaffMember.actor_of(self.staff_id)

    @property
    def is_signed_in(self) -> bool:
        return self.is_verified and not self.member.must_choose_password

    @property
    def regions(self) -> frozenset[str]:
        """admdvs of the insured regions this member's agency is responsible for."""
        if self._regions is None:
            self._regions = queries.regions_of(self.member.agency)
        return self._regions

    def may(self, right: Right) -> bool:
        return self.is_signed_in and has_right(self.member.roles, right)


class NoStaff(Nobody):
    regions: frozenset[str] = frozenset()

    def may(self, _right: Right) -> bool:
        return False


def _find(token: str) -> Staff | None:
    found = queries.find_open_session(token)
    return Staff(found) if found else None


_door = Door("staff", StaffSession, _find, NoStaff)
carry = _door.carry
current_staff: Staff = standing_for(_door.current)


def install(app: Flask) -> None:
    app.jinja_env.globals.update(current_staff=current_staff, Right=Right, role_names=role_names)
    _door.install(app)
