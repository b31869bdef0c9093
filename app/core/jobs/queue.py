"""The queue that carries job ids: huey, on a file beside a SQLite database or in tables of its own on PostgreSQL.

Messages are pickles, so they are signed; they hold a job's id and nothing else.
"""

import threading
from collections.abc import Callable
from typing import Any

from flask import Flask, current_app
from huey import MemoryHuey, SqliteHuey
from huey.api import Huey
from huey.serializer import SignedSerializer
from huey.storage import PostgresStorage
from psycopg.conninfo import make_conninfo

from app.config import JobRunner
from app.core.connecting import patience_for
from app.core.crypto import vault
from app.core.flask_types import itself
from app.core.settings import settings

_NAME = "pingzheng"
_FILE = "jobs.sqlite3"
_FILE_WAITS_SECONDS = 30  # fixed: for other threads that write the queue's file; each takes milliseconds
_ADVISORY_LOCK = 5106_8002
_lock = threading.Lock()


class _PostgresStorage(PostgresStorage):  # type: ignore[misc]
    """`CREATE TABLE IF NOT EXISTS` fails in the second of two processes that run it at once, and each worker does at its start."""

    def initialize_schema(self) -> None:
        with self.db(close=True) as cursor:
            cursor.execute("SELECT pg_advisory_lock(%s)", (_ADVISORY_LOCK,))  # let go with the connection
            for statement in self.ddl:
                cursor.execute(statement)


def queue_of(app: Flask, run: Callable[[int], None]) -> Huey:
    """This app's queue, made at its first use, so that a forked process opens its own."""
    with _lock:
        found: Huey | None = app.extensions.get("job_queue")
        if found is None:
            found = app.extensions["job_queue"] = open_queue(app, run)
        return found


def open_queue(app: Flask, run: Callable[[int], None]) -> Huey:
    """Another one at each call, as each process has."""
    options: dict[str, Any] = {
        "results": False,
        "serializer": SignedSerializer(secret=vault.subkey("jobs").hex(), salt="pingzheng.jobs"),
    }
    if settings.runs_jobs == JobRunner.immediate:
        queue = MemoryHuey(_NAME, immediate=True, **options)
    elif settings.database_url.startswith("postgresql"):
        dsn = make_conninfo(settings.database_url.replace("+psycopg", "", 1), **patience_for(settings.database_url))
        queue = Huey(_NAME, storage_class=_PostgresStorage, dsn=dsn, **options)
    else:
        settings.instance_path.mkdir(mode=0o700, parents=True, exist_ok=True)
        file = settings.instance_path / _FILE
        file.touch(mode=0o600)
        queue = SqliteHuey(_NAME, filename=str(file), timeout=_FILE_WAITS_SECONDS, **options)

    def run_one(job_id: int) -> None:
        with app.app_context():
            run(job_id)

    queue.on_shutdown()(queue.storage.close)  # each thread that takes jobs has a connection of its own
    app.extensions["job_task"] = queue.task(name="run_job")(run_one)
    return queue


def push(job_id: int, run: Callable[[int], None]) -> None:
    app = itself(current_app)
    queue_of(app, run)
    app.extensions["job_task"](job_id)
