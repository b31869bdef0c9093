"""Work of which only one may be under way in the whole installation. The lock dies with its process, also when that is killed."""

import fcntl
import hashlib
from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import text

from app.core.db import db
from app.core.private_files import private
from app.core.settings import settings


@contextmanager
def exclusive(name: str) -> Iterator[bool]:
    """False when somebody else is at it; never waits. A file lock beside a SQLite database, an advisory lock on PostgreSQL."""
    if db.engine.dialect.name == "sqlite":
        settings.instance_path.mkdir(mode=0o700, parents=True, exist_ok=True)
        with open(settings.instance_path / f"{name}.lock", "w", opener=private) as handle:
            try:
                fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except OSError:
                yield False
            else:
                yield True
        return
    key = int.from_bytes(hashlib.sha256(name.encode()).digest()[:8], "big", signed=True)
    with db.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        won = bool(connection.scalar(text("SELECT pg_try_advisory_lock(:key)"), {"key": key}))
        try:
            yield won
        finally:
            if won:
                connection.execute(text("SELECT pg_advisory_unlock(:key)"), {"key": key})
