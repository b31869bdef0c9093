"""Reads of members' passkeys."""

from sqlalchemy import select

from app.core.db import db
from app.core.errors import NotFound
from app.staff.models import StaffMember, StaffPasskey


def list_staff_passkeys(staff_id: int) -> list[StaffPasskey]:
    return list(db.session.scalars(select(StaffPasskey).where(StaffPasskey.staff_id == staff_id).order_by(StaffPasskey.id)))


def find_staff_passkey(staff_id: int, key_id: bytes) -> StaffPasskey | None:
    return db.session.scalar(select(StaffPasskey).where(StaffPasskey.key_id == key_id, StaffPasskey.staff_id == staff_id))


def get_staff_passkey(staff_id: int, passkey_id: int) -> StaffPasskey:
    """A member's own passkey. Raises NotFound for that of anybody else."""
    found = db.session.get(StaffPasskey, passkey_id)
    if found is None or found.staff_id != staff_id:
        raise NotFound
    return found


def has_factor(member: StaffMember) -> bool:
    """Whether a second factor is set up, of either kind."""
    return member.totp_enrolled_at is not None or has_passkey(member.id)


def has_passkey(staff_id: int) -> bool:
    return db.session.scalar(select(StaffPasskey.id).where(StaffPasskey.staff_id == staff_id).limit(1)) is not None
