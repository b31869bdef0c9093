"""Reads of a member's inbox."""

from sqlalchemy import func, select

from app.core.db import db
from app.staff.models import StaffMessage

SHOWN = 50
MOST = 99  # fixed: more is said as "99+"


def list_staff_messages(staff_id: int, *, before: int | None = None) -> list[StaffMessage]:
    """Newest first. before: the last id of the previous page."""
    wanted = select(StaffMessage).where(StaffMessage.staff_id == staff_id)
    if before is not None:
        wanted = wanted.where(StaffMessage.id < before)
    return list(db.session.scalars(wanted.order_by(StaffMessage.id.desc()).limit(SHOWN)))


def count_unread(staff_id: int) -> int:
    """The number of unread messages, counted up to one more than `MOST`."""
    unread = select(StaffMessage.id).where(StaffMessage.staff_id == staff_id, StaffMessage.read_at.is_(None)).limit(MOST + 1)
    return int(db.session.scalar(select(func.count()).select_from(unread.subquery())) or 0)
