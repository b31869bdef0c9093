"""Deletes rows that nobody needs any more."""

from datetime import timedelta

from sqlalchemy import ColumnElement, delete, exists, or_, select

from app.accounts.models import LoginSession, SmsCode
from app.core import clock
from app.core.db import Base, db, transaction
from app.core.settings import settings
from app.core.statements import write

# fixed: the widest SMS limit counts one hour; the rest is kept for looking into a complaint of yesterday
SMS_CODES_KEPT = timedelta(hours=24)


@transaction()
def expire() -> None:
    """Deletes yesterday's SMS codes, and sessions long over (settings.session_keep_days) that no other row refers to."""
    now, kept = clock.now(), timedelta(days=settings.session_keep_days)
    db.session.execute(delete(SmsCode).where(SmsCode.created_at < now - SMS_CODES_KEPT))
    over = or_(
        LoginSession.ended_at < now - kept,
        LoginSession.last_seen_at < now - kept - timedelta(days=settings.session_idle_days),
        LoginSession.created_at < now - kept - timedelta(days=settings.session_absolute_days),
    )
    write(delete(LoginSession).where(over, *_nobody_points_at_it()))


def _nobody_points_at_it() -> list[ColumnElement[bool]]:
    """Higher features may keep rows that refer to a session, such as an identity proof; the schema's foreign keys say which."""
    target = LoginSession.__table__.c.id
    columns = [key.parent for table in Base.metadata.tables.values() for key in table.foreign_keys if key.column is target]
    return [~exists(select(1).where(column == LoginSession.id)) for column in columns]
