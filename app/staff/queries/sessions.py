"""Reads of members' sessions."""

from datetime import timedelta

from sqlalchemy import select
from sqlalchemy.orm import contains_eager

from app.core import clock
from app.core.crypto import vault
from app.core.db import db
from app.core.errors import NotFound
from app.core.settings import settings
from app.staff.models import StaffMember, StaffSession


def find_open_session(token: str) -> StaffSession | None:
    """The session this cookie stands for, half open or open, with its member and agency; None once it is over (ASVS 7)."""
    now = clock.now()
    found = db.session.scalar(
        select(StaffSession)
        .join(StaffSession.member)
        .join(StaffMember.agency)
        .options(contains_eager(StaffSession.member).contains_eager(StaffMember.agency))
        .where(
            StaffSession.token_hash == vault.keyed_hash("staff-session", token),
            StaffSession.ended_at.is_(None),
            StaffSession.created_at > now - timedelta(hours=settings.staff_absolute_hours),
            StaffSession.last_seen_at > now - timedelta(minutes=settings.staff_idle_minutes),
            StaffMember.disabled_at.is_(None),
        )
    )
    if (
        found is not None
        and found.verified_at is None
        and found.created_at <= now - timedelta(minutes=settings.staff_second_step_minutes)
    ):
        return None
    return found


def list_open_sessions(staff_id: int) -> list[StaffSession]:
    """Newest first; only those that are past the second factor and not over by time."""
    now = clock.now()
    return list(
        db.session.scalars(
            select(StaffSession)
            .where(
                StaffSession.staff_id == staff_id,
                StaffSession.ended_at.is_(None),
                StaffSession.verified_at.is_not(None),
                StaffSession.created_at > now - timedelta(hours=settings.staff_absolute_hours),
                StaffSession.last_seen_at > now - timedelta(minutes=settings.staff_idle_minutes),
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
