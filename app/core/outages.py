"""Outages of what this system depends on: what counts as one, and a log line when it begins and another when it is over.

Each process reports its own: a hundred refused requests are one outage, not a hundred tracebacks. Knows no request and no row.
"""

import logging
import math
import sqlite3
import threading
import time
import traceback
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy.exc import DatabaseError, DBAPIError, InterfaceError, OperationalError, PendingRollbackError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from app.core.logs import log
from app.core.on_demand import on_demand

if TYPE_CHECKING:
    import psycopg
else:
    psycopg = on_demand("psycopg")  # with what it needs a twentieth of what a server on SQLite holds

DATABASE = "database"  # it cannot be reached, or has gone
DATABASE_WORK = "database_work"  # it is there but cannot do what it is asked: disk full, locked, all connections busy

_QUIET_SECONDS = 2.0  # fixed: an outage is over when something worked and nothing has failed for this long
_LOST_IN_MIDAIR = "8s2b"  # SQLAlchemy's code for a transaction whose connection is gone; other codes are bugs of ours
_NOT_THERE = ("57P", "08")  # SQLSTATEs of a server that shuts down, starts or refuses to talk
_LIBRARIES = ("sqlalchemy.pool",)


@dataclass
class _Outage:
    began: float
    last: float
    failures: int = 1


_open: dict[str, _Outage] = {}
_failed_at: dict[str, float] = {}  # the last time, whether or not that outage is over
_lock = threading.Lock()


def failed(what: str, reason: str, said: str = "") -> None:
    """Something did not work because `what` is away. reason: the kind of error. said: the first line of what its library said."""
    if begins(what):
        log.error("outage_began", what=what, reason=reason, said=said)


def begins(what: str) -> bool:
    """Counts a failure of `what`. True for the first one of an outage, the only one that is worth a log line."""
    now = time.monotonic()
    with _lock:
        _failed_at[what] = now
        known = _open.get(what)
        if known is None:
            _open[what] = _Outage(now, now)
            return True
        known.last, known.failures = now, known.failures + 1
        return False


def answered(what: str) -> None:
    """`what` worked. Costs next to nothing while there is no outage of it."""
    if what not in _open:
        return
    now = time.monotonic()
    with _lock:
        known = _open.get(what)
        if known is None or now - known.last < _QUIET_SECONDS:
            return
        del _open[what]
    log.info("outage_over", what=what, seconds=round(now - known.began), failures=known.failures)


def failed_within(what: str, seconds: float) -> bool:
    """Whether this process has met a failure of it lately."""
    return time.monotonic() - _failed_at.get(what, -math.inf) < seconds


def reset() -> None:
    """As a process that has just begun (tests only)."""
    _open.clear()
    _failed_at.clear()


def is_store_failure(error: BaseException | None) -> bool:
    """Whether the database was away, or could not do this just now. Nothing is wrong with what it was asked to do, so a retry may
    succeed."""
    if isinstance(error, OperationalError | InterfaceError | PoolTimeout):
        return True
    if isinstance(error, PendingRollbackError):
        return error.code == _LOST_IN_MIDAIR
    if isinstance(error, DBAPIError):
        is_broken_file = type(error) is DatabaseError and type(error.orig) is sqlite3.DatabaseError
        return error.connection_invalidated or is_broken_file
    return isinstance(error, psycopg.OperationalError | psycopg.InterfaceError | sqlite3.OperationalError)


def store_failed(error: BaseException) -> None:
    """Notes an error of which `is_store_failure` is true."""
    cause: Any = getattr(error, "orig", None) or error
    failed(_name_of(error, cause), type(cause).__name__, first_line(error))


def first_line(error: BaseException) -> str:
    """What the driver said, without the statement and its values, which may name a person."""
    return str(getattr(error, "orig", None) or error).partition("\n")[0][:200]


def note(event: str, error: BaseException, **ids: object) -> None:
    """For work that goes on when one piece of it fails: an outage is noted as one, anything else is logged with its traceback."""
    if is_store_failure(error):
        store_failed(error)
    else:
        log.error(event, exc_info=error, **ids)


def note_kind(event: str, error: BaseException) -> None:
    """As `note`, where the error's message might contain a person's data: logs only its type and where in the code it came from."""
    if is_store_failure(error):
        store_failed(error)
    else:
        places = [f"{frame.filename}:{frame.lineno}" for frame in traceback.extract_tb(error.__traceback__)]
        log.error(event, reason=type(error).__name__, places=places)


def install() -> None:
    """Takes over the loggers of libraries that write a traceback for every attempt."""
    for name in _LIBRARIES:
        logger = logging.getLogger(name)
        if not any(isinstance(handler, _OneLine) for handler in logger.handlers):
            logger.addHandler(_OneLine(logging.WARNING))
            logger.propagate = False


class _OneLine(logging.Handler):
    """The handler of a library's logger and of those below it: an outage becomes one line."""

    def emit(self, record: logging.LogRecord) -> None:
        error = record.exc_info[1] if record.exc_info else None
        if error is not None and is_store_failure(error):
            store_failed(error)
        else:
            log.log(record.levelno, record.getMessage(), logger=record.name, exc_info=error)


def _name_of(error: BaseException, cause: Any) -> str:
    if isinstance(error, PoolTimeout):
        return DATABASE_WORK
    if isinstance(cause, sqlite3.Error):
        return DATABASE if getattr(cause, "sqlite_errorname", "") in {"", "SQLITE_CANTOPEN", "SQLITE_NOTADB"} else DATABASE_WORK
    state = getattr(cause, "sqlstate", None)
    return DATABASE if state is None or state.startswith(_NOT_THERE) else DATABASE_WORK
