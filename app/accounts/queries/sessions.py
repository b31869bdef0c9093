"""Reads of sessions and devices."""

from datetime import datetime, timedelta

from sqlalchemy import bindparam, select
from sqlalchemy.orm import contains_eager, joinedload

from app.accounts.models import Device, LoginSession, SessionEnd
from app.core import clock
from app.core.db import db
from app.core.errors import NotFound
from app.core.sessions import is_alive
from app.core.settings import settings

_OPEN_SESSION = (
    select(LoginSession)
    .join(LoginSession.device)
    .options(contains_eager(LoginSession.device), joinedload(LoginSession.account, innerjoin=True))
    .where(
        LoginSession.token_hash == bindparam("token_hash"),
        is_alive(LoginSession, bindparam("begun_after"), bindparam("seen_after")),
        Device.revoked_at.is_(None),
    )
)


def has_other_sessions(session: LoginSession) -> bool:
    """Whether this account is signed in elsewhere too."""
    now = clock.now()
    others = select(LoginSession.id).where(
        LoginSession.account_id == session.account_id,
        LoginSession.id != session.id,
        is_alive(
            LoginSession, now - timedelta(days=settings.session_absolute_days), now - timedelta(days=settings.session_idle_days)
        ),
    )
    return db.session.scalar(others.limit(1)) is not None


def find_open_session(token_hash: bytes) -> LoginSession | None:
    """The session of this token with its account and device, unless it ended, expired or its device was removed."""
    now = clock.now()
    limits = {
        "token_hash": token_hash,
        "begun_after": now - timedelta(days=settings.session_absolute_days),
        "seen_after": now - timedelta(days=settings.session_idle_days),
    }
    return db.session.scalar(_OPEN_SESSION, limits)


def find_session_end(token_hash: bytes) -> tuple[SessionEnd | None, datetime | None] | None:
    """Why and when the session of this token ended; (None, None) when it expired. None: it never existed, or is still open."""
    row = db.session.execute(
        select(LoginSession.end_reason, LoginSession.ended_at).where(LoginSession.token_hash == token_hash)
    ).first()
    return (row.end_reason, row.ended_at) if row is not None else None


def list_devices(account_id: int) -> list[Device]:
    """Devices that were not removed, last seen first."""
    return list(
        db.session.scalars(
            select(Device)
            .where(Device.account_id == account_id, Device.revoked_at.is_(None))
            .order_by(Device.last_seen_at.desc(), Device.id.desc())
        )
    )


def get_device(account_id: int, device_id: int) -> Device:
    """A device of this account; raises NotFound for another account's."""
    device = db.session.scalar(
        select(Device).where(Device.id == device_id, Device.account_id == account_id, Device.revoked_at.is_(None))
    )
    if device is None:
        raise NotFound
    return device
