"""Whether any process serves this installation or works for it: a copy or a restore at the same time would lose what it writes."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

from sqlalchemy import Connection, Engine, inspect, select, text

from app.core import clock
from app.core.db import db
from app.core.jobs.models import JobWorker
from app.core.jobs.workers import SEEN_EVERY_SECONDS
from app.core.locks import BACKGROUND, exclusive, number_of

_ALIVE_FOR = timedelta(seconds=2 * SEEN_EVERY_SECONDS)  # fixed: two missed heartbeats


class StillServing(RuntimeError):
    """The message says what is still running and how to stop it."""


@contextmanager
def standing_still() -> Iterator[None]:
    """Makes sure that no web server of this installation is running, and holds the lock of its election. Raises StillServing.

    Every web server takes part in the election, and its lock is released when it ends. Processes for jobs are known by their
    heartbeat, and any other writer of a PostgreSQL database by its transaction; PostgreSQL's own background processes do not count.
    """
    with exclusive(BACKGROUND) as is_ours:
        if not is_ours:
            raise StillServing("the web server of this installation is running: stop it first, and `flask jobs run` too")
        _refuse_workers(db.engine)
        with db.engine.connect() as connection:
            _refuse_writers(connection, "this database")
        yield


def refuse_served(engine: Engine) -> None:
    """For the target database of a copy. Raises StillServing. What serves a SQLite file elsewhere cannot be seen from here."""
    if engine.dialect.name != "postgresql":
        return
    with engine.connect() as connection:
        asked = text(
            "SELECT count(*) FROM pg_locks JOIN pg_database ON pg_database.oid = pg_locks.database "
            "WHERE locktype = 'advisory' AND granted AND datname = current_database() "
            "AND (classid::bigint << 32 | objid::bigint) = :key"
        )
        if connection.scalar(asked, {"key": number_of(BACKGROUND)}):
            raise StillServing("a web server is running on the target: stop it first")
        _refuse_writers(connection, "the target")


def _refuse_workers(engine: Engine) -> None:
    with engine.connect() as connection:
        if not inspect(connection).has_table(JobWorker.__tablename__):
            return
        seen = connection.scalar(select(JobWorker.seen_at).order_by(JobWorker.seen_at.desc()).limit(1))
    if seen is not None and (ago := clock.now() - seen) < _ALIVE_FOR:
        wait = int((_ALIVE_FOR - ago).total_seconds()) + 1
        raise StillServing(
            f"a process for jobs was seen {int(ago.total_seconds())} seconds ago: stop `flask jobs run`; "
            f"if it has ended already, wait {wait} seconds"
        )


def _refuse_writers(connection: Connection, which: str) -> None:
    if connection.dialect.name != "postgresql":
        return
    asked = text(
        "SELECT pid, application_name FROM pg_stat_activity WHERE datname = current_database() "
        "AND pid <> pg_backend_pid() AND backend_xid IS NOT NULL AND backend_type = 'client backend' LIMIT 1"
    )
    found = connection.execute(asked).first()
    if found is not None:
        raise StillServing(f"another program is writing into {which} (process {found.pid} of PostgreSQL): wait for it or end it")
