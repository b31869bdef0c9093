"""Work that belongs to no request: sealing the audit log, expiry. One elected process does it; the others stand by.

The election is a lock that dies with its process: a file lock beside a SQLite database, an advisory lock on PostgreSQL.
"""

import fcntl
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from typing import IO, Any

from flask import Flask
from sqlalchemy import Connection, text
from sqlalchemy.exc import SQLAlchemyError

from app.core import outages
from app.core.db import db, let_go
from app.core.logs import log

HOUR, DAY = 3600.0, 86400.0  # fixed: seconds
ADVISORY_LOCK = 5106_8001


@dataclass
class Task:
    name: str
    every_seconds: float
    run: Callable[[], object]
    due: float = field(default=0.0)


class Election:
    def __init__(self, app: Flask) -> None:
        self._app = app
        self._file: IO[str] | None = None
        self._connection: Connection | None = None

    def is_won(self) -> bool:
        """Wins or keeps the office; never waits."""
        with self._app.app_context():
            if db.engine.dialect.name == "sqlite":
                return self._file is not None or self._lock_file()
            return self._lock_row()

    def resign(self) -> None:
        if self._file is not None:
            self._file.close()
            self._file = None
        if self._connection is not None:
            self._unlock_row(self._connection)
            self._connection = None

    def _lock_file(self) -> bool:
        handle = open(self._app.config["SETTINGS"].instance_path / "background.lock", "w")  # noqa: SIM115
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            handle.close()
            return False
        self._file = handle
        return True

    def _lock_row(self) -> bool:
        if self._connection is not None:
            try:
                self._connection.execute(text("SELECT 1"))
                return True
            except Exception:
                self.resign()
        self._connection = db.engine.connect().execution_options(isolation_level="AUTOCOMMIT")
        if self._connection.scalar(text("SELECT pg_try_advisory_lock(:key)"), {"key": ADVISORY_LOCK}):
            return True
        self._connection.close()
        self._connection = None
        return False

    def _unlock_row(self, connection: Connection) -> None:
        """The lock belongs to the connection, which only goes back to its pool: it is given back first."""
        try:
            connection.execute(text("SELECT pg_advisory_unlock(:key)"), {"key": ADVISORY_LOCK})
        except SQLAlchemyError:  # it is gone, and the lock with it
            connection.invalidate()
        with suppress(SQLAlchemyError):
            connection.close()


def register(app: Flask, name: str, every_seconds: float, run: Callable[[], object]) -> None:
    tasks(app).append(Task(name, every_seconds, run))


def tasks(app: Flask) -> list[Task]:
    found: list[Task] = app.extensions.setdefault("background", [])
    return found


def run_due(app: Flask, now: float) -> None:
    """Runs what is due; a failing task is tried again at its next turn, and logged once until it has worked again."""
    for task in tasks(app):
        if now < task.due:
            continue
        task.due = now + task.every_seconds
        with app.app_context():
            try:
                task.run()
            except Exception as error:
                _note(error, f"task: {task.name}")
            else:
                outages.answered(f"task: {task.name}")
            finally:
                let_go()


def _note(error: Exception, what: str) -> None:
    """Work that comes round every two seconds must not tell every two seconds of the one thing that keeps it."""
    if outages.is_store_failure(error):
        outages.store_failed(error)
    elif outages.begins(what):
        log.error("background_task_failed", task=what, exc_info=error)


def start(app: Flask) -> threading.Event:
    """Starts the loop in a thread of this process; setting the returned event ends it."""
    stop = threading.Event()
    threading.Thread(target=_loop, args=(app, stop), name="background", daemon=True).start()
    return stop


def _loop(app: Flask, stop: threading.Event) -> None:
    election: Any = Election(app)
    while not stop.wait(1.0):
        try:
            if election.is_won():
                run_due(app, time.monotonic())
            else:
                stop.wait(4.0)
        except Exception as error:
            _note(error, "the election")
    election.resign()
