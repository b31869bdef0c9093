"""The password a member chooses for themselves."""

from sqlalchemy import update

from app.core import audit
from app.core.db import db, transaction
from app.core.sessions import end_sessions
from app.sign_in.passwords import hash_another
from app.staff.audit_tags import StaffTag
from app.staff.models import StaffMember, StaffSession


def choose_password(member: StaffMember, password: str, *, keep: StaffSession) -> None:
    """Sets the password a member chose and ends their other sessions. Raises DomainError `password_weak` or `password_same`."""
    hashed = hash_another(password, username=member.username, now=member.password_hash)
    with transaction():
        db.session.execute(
            update(StaffMember)
            .where(StaffMember.id == member.id)
            .values(
                password_hash=hashed, must_choose_password=False, password_expires_at=None, second_half=None, half_started_by=None
            )
        )
        end_sessions(StaffSession, StaffSession.staff_id == member.id, StaffSession.id != keep.id)
        audit.record(StaffTag.password_set, actor=member.actor, subject=member.subject)
