"""Locks between processes: files in the instance folder with SQLite, advisory locks with PostgreSQL.

`exclusive` and `Lock` never wait, and the lock is released when its process ends, even if it is killed. `one_at_a_time` waits, and
lasts as long as a transaction. The writers of a SQLite file have a queue of their own (`core.writers_queue`).
"""

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from hashlib import sha256
from typing import IO

from sqlalchemy import Connection, text
from sqlalchemy.exc import SQLAlchemyError

from app.core.db import db
from app.core.private_files import private
from app.core.settings import settings

BACKGROUND, SEALING = "background", "sealing"
# The numbers that earlier releases, which may serve beside this one, use for these locks.
_RELEASED: dict[str | bytes, int] = {BACKGROUND: 5106_8001, SEALING: 5106_8004}


class Lock:
    """At most one holder in the whole installation; it keeps the lock until `release` or the end of its process."""

    def __init__(self, name: str) -> None:
        self._name = name
        self._file: IO[str] | None = None
        self._connection: Connection | None = None

    def take(self) -> bool:
        """Tries to take the lock. Returns whether this object holds it now. Never waits; needs an app context."""
        return self._take_file() if db.engine.dialect.name == "sqlite" else self._take_number()

    def release(self) -> None:
        if self._file is not None:
            self._file.close()
            self._file = None
        if self._connection is not None:
            _release_number(self._connection, number_of(self._name))
            self._connection = None

    def _take_file(self) -> bool:
        if self._file is not None:
            return True
        settings.instance_path.mkdir(mode=0o700, parents=True, exist_ok=True)
        file = open(settings.instance_path / f"{self._name}.lock", "w", opener=private)  # noqa: SIM115
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            file.close()
            return False
        self._file = file
        return True

    def _take_number(self) -> bool:
        if self._connection is not None:
            try:
                self._connection.execute(text("SELECT 1"))
                return True
            except Exception:
                self.release()
        connection = db.engine.connect().execution_options(isolation_level="AUTOCOMMIT")
        if connection.scalar(text("SELECT pg_try_advisory_lock(:number)"), {"number": number_of(self._name)}):
            self._connection = connection
            return True
        connection.close()
        return False


@contextmanager
def exclusive(name: str) -> Iterator[bool]:
    """For work that must not run twice at the same time. Yields False when somebody else is doing it."""
    lock = Lock(name)
    try:
        yield lock.take()
    finally:
        lock.release()


def one_at_a_time(*names: str | bytes, connection: Connection | None = None) -> None:
    """Parallel requests with one of these names wait here for each other's transactions to end: for counting and then adding.

    names: what is counted. connection: of a `bare_transaction`; None for the session's.
    SQLite has one writer anyway; PostgreSQL waits for advisory locks, always taken in the same order.
    """
    if db.engine.dialect.name != "postgresql":
        return
    for number in sorted(map(number_of, names)):
        (connection or db.session).execute(text("SELECT pg_advisory_xact_lock(:number)"), {"number": number})


def number_of(name: str | bytes) -> int:
    """The number of the advisory lock with this name."""
    wide = name.encode() if isinstance(name, str) else name
    return _RELEASED.get(name) or int.from_bytes(sha256(wide).digest()[:8], "big", signed=True)


def _release_number(connection: Connection, number: int) -> None:
    """Unlocks before closing: the lock belongs to the connection, and closing only returns that to its pool."""
    try:
        connection.execute(text("SELECT pg_advisory_unlock(:number)"), {"number": number})
    except SQLAlchemyError:  # the connection is gone, and the lock with it
        connection.invalidate()
    with suppress(SQLAlchemyError):
        connection.close()
