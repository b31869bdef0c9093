"""The doctor's checks of what this system depends on: the clock, Redis, the store of the papers."""

from datetime import timedelta

from sqlalchemy import func, select

from app.core import clock, limits, store_mark
from app.core.audit import AuditRow
from app.core.db import db
from app.credentials.queries import count_used_ahead

_CLOCKS_DIFFER = timedelta(seconds=5)  # fixed: less than the future a code may have
_AHEAD = timedelta(minutes=1)  # fixed: how far two servers' clocks may differ before rows from the future are reported


def problems() -> list[str]:
    """Sentences that say what must be repaired."""
    return _clock_problems() + limits.problems() + store_mark.problems()


def notes() -> list[str]:
    """Notes on rows dated in the future: a clock that was ahead has left them, or this machine's clock is behind."""
    found, now = [], clock.now()
    newest = db.session.scalar(select(AuditRow.created_at).order_by(AuditRow.id.desc()).limit(1))
    if newest is not None and newest > now + _AHEAD:
        found.append(
            f"The newest row of the audit log is of {clock.local(newest):%Y-%m-%d %H:%M}, {_say(newest - now)} from now: "
            "this machine's clock is behind, or was ahead when the row was written; see that it is set by NTP."
        )
    if count := count_used_ahead():
        found.append(
            f"{count} codes were last used at a moment to come, by a clock that was ahead: their phones are given another code "
            "when the page is next opened."
        )
    return found


def _clock_problems() -> list[str]:
    """Compares this machine's clock with that of the database, which may run elsewhere; SQLite has no clock of its own."""
    if db.engine.dialect.name != "postgresql":
        return []
    theirs = db.session.scalar(select(func.clock_timestamp()))
    apart = clock.machine_now() - theirs if theirs is not None else timedelta()
    if abs(apart) <= _CLOCKS_DIFFER:
        return []
    way = "ahead of" if apart > timedelta() else "behind"
    return [f"The clock of this machine is {_say(abs(apart))} {way} the database's: set both by NTP."]


def _say(span: timedelta) -> str:
    seconds = round(span.total_seconds())
    return f"{seconds} seconds" if seconds < 120 else f"{seconds // 60} minutes"
