"""Reads of members' sessions."""

from datetime import timedelta

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import contains_eager

from app.core import clock
from app.core.db import db
from app.core.errors import NotFound
from app.core.sessions import hash_of, is_alive
from app.core.settings import settings
from app.staff.models import StaffMember, StaffSession


def find_open_session(token: str) -> StaffSession | None:
    """The session of this cookie, half open or fully open, with its member and agency; None once it has ended (ASVS 7)."""
    found = db.session.scalar(
        select(StaffSession)
        .join(StaffSession.member)
        .join(StaffMember.agency)
        .options(contains_eager(StaffSession.member).contains_eager(StaffMember.agency))
        .where(
            StaffSession.token_hash == hash_of(StaffSession, token),
            _is_alive(),
            StaffMember.disabled_at.is_(None),
        )
    )
    if (
        found is not None
        and found.verified_at is None
        and found.created_at <= clock.now() - timedelta(minutes=settings.staff_second_step_minutes)
    ):
        return None
    return found


def list_open_sessions(staff_id: int) -> list[StaffSession]:
    """Sessions that are past the second factor and have not expired, newest first."""
    return list(
        db.session.scalars(
            select(StaffSession)
            .where(
                StaffSession.staff_id == staff_id,
                StaffSession.verified_at.is_not(None),
                _is_alive(),
            )
            .order_by(StaffSession.id.desc())
            .limit(50)
        )
    )


def get_own_session(staff_id: int, session_id: int) -> StaffSession:
    found = db.session.get(StaffSession, session_id)
    if found is None or found.staff_id != staff_id:
        raise NotFound
    return found


def _is_alive() -> ColumnElement[bool]:
    now, hours, minutes = clock.now(), settings.staff_absolute_hours, settings.staff_idle_minutes
    return is_alive(StaffSession, now - timedelta(hours=hours), now - timedelta(minutes=minutes))
