"""What makes both databases keep the promise of `core.db`: reading by default, on a snapshot, and one way to write."""

import sqlite3
from pathlib import Path
from typing import Any

from sqlalchemy import event
from sqlalchemy.engine import Connection, Engine
from sqlalchemy.exc import OperationalError
from sqlalchemy.pool import ConnectionPoolEntry

from app.core import connecting
from app.core.db import is_writing
from app.core.writers_queue import WritersQueue

_BUSY_SECONDS = 15  # fixed: so long a writer waits for another one
_TURN = "writers_turn"  # in the pool's notes on a connection


def prepare_engine(engine: Engine) -> None:
    connecting.watch(engine)
    if engine.dialect.name != "sqlite":
        event.listen(engine, "begin", _begin_postgresql)
        return
    event.listen(engine, "connect", _open_sqlite)
    if engine.url.database:
        queue = WritersQueue(Path(engine.url.database))
        event.listen(engine, "begin", lambda connection: _enter(queue, connection))
        event.listen(engine, "checkin", lambda _driver, entry: _leave(queue, entry))
    event.listen(engine, "begin", _begin_sqlite)


def _open_sqlite(driver: Any, _entry: ConnectionPoolEntry) -> None:
    driver.isolation_level = None
    busy = f"busy_timeout={_BUSY_SECONDS * 1000}"
    for pragma in ("journal_mode=WAL", "foreign_keys=ON", "synchronous=NORMAL", busy, "cache_size=-16000"):
        driver.execute(f"PRAGMA {pragma}")


def _begin_sqlite(connection: Connection) -> None:
    driver: Any = connection.connection.dbapi_connection
    if is_writing():
        driver.execute("PRAGMA query_only=OFF")
        try:
            driver.execute("BEGIN IMMEDIATE")
        except sqlite3.OperationalError as error:  # another one writes for longer than the busy timeout
            raise OperationalError("BEGIN IMMEDIATE", None, error) from error
    else:
        driver.execute("PRAGMA query_only=ON")
        driver.execute("BEGIN")


def _enter(queue: WritersQueue, connection: Connection) -> None:
    """Until the connection goes back to the pool."""
    notes = connection.connection.record_info
    if is_writing() and notes is not None and not notes.get(_TURN):
        try:
            notes[_TURN] = queue.enter(_BUSY_SECONDS)
        except TimeoutError as error:
            raise OperationalError("BEGIN IMMEDIATE", None, error) from error


def _leave(queue: WritersQueue, entry: ConnectionPoolEntry) -> None:
    notes = entry.record_info
    if notes is not None and notes.pop(_TURN, False):
        queue.leave()


def _begin_postgresql(connection: Connection) -> None:
    driver: Any = connection.connection.dbapi_connection
    read_only = not is_writing()
    if driver.read_only is not read_only:
        driver.read_only = read_only
