"""Makes both databases keep the promise of `core.db`: reading by default, on a snapshot, and one way to write."""

import sqlite3
from functools import partial
from pathlib import Path
from typing import Any

from sqlalchemy import event
from sqlalchemy.engine import Connection, Engine
from sqlalchemy.exc import OperationalError
from sqlalchemy.pool import ConnectionPoolEntry

from app.core import connecting
from app.core.db import is_writing
from app.core.writers_queue import WritersQueue

_BUSY_SECONDS = 15  # fixed: how long one writer waits for another


class _QueueingConnection(sqlite3.Connection):
    """A connection to SQLite that queues before it writes and gives its turn back when the transaction ends, however it ends."""

    def __init__(self, *arguments: Any, queue: WritersQueue, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self._queue = queue
        self._has_turn = False
        self._reads_only = False

    def read_only(self, wanted: bool) -> None:
        """Sets the pragma only when it changes: setting it makes SQLite compile again every statement in its cache."""
        if wanted is not self._reads_only:
            self.execute(f"PRAGMA query_only={'ON' if wanted else 'OFF'}")
            self._reads_only = wanted

    def begin_writing(self) -> None:
        """Raises TimeoutError or sqlite3.OperationalError when another writer takes too long."""
        self._has_turn = self._has_turn or self._queue.enter(_BUSY_SECONDS)
        try:
            self.execute("BEGIN IMMEDIATE")
        except sqlite3.Error:
            self._give_back()
            raise

    def commit(self) -> None:
        try:
            super().commit()
        finally:
            self._give_back()

    def rollback(self) -> None:
        try:
            super().rollback()
        finally:
            self._give_back()

    def close(self) -> None:
        try:
            super().close()
        finally:
            self._give_back()

    def _give_back(self) -> None:
        if self._has_turn:
            self._has_turn = False
            self._queue.leave()


def prepare_engine(engine: Engine) -> None:
    connecting.watch(engine)
    if engine.dialect.name != "sqlite":
        event.listen(engine, "begin", _begin_postgresql)
        return
    queue = WritersQueue(Path(engine.url.database or ""))
    event.listen(engine, "do_connect", partial(_choose_class, queue))
    event.listen(engine, "connect", _open_sqlite)
    event.listen(engine, "begin", _begin_sqlite)


def _choose_class(queue: WritersQueue, _dialect: object, _entry: object, _arguments: object, options: dict[str, Any]) -> None:
    options["factory"] = partial(_QueueingConnection, queue=queue)


def _open_sqlite(driver: sqlite3.Connection, _entry: ConnectionPoolEntry) -> None:
    driver.isolation_level = None
    busy = f"busy_timeout={_BUSY_SECONDS * 1000}"
    for pragma in ("journal_mode=WAL", "foreign_keys=ON", "synchronous=NORMAL", busy, "cache_size=-16000"):
        driver.execute(f"PRAGMA {pragma}")


def _begin_sqlite(connection: Connection) -> None:
    driver: Any = connection.connection.dbapi_connection
    if is_writing():
        begin_immediate(connection)
        return
    driver.read_only(True)
    driver.execute("BEGIN")


def begin_immediate(connection: Connection) -> sqlite3.Connection:
    """On SQLite, without SQLAlchemy. Returns the driver's connection, for the commit or rollback. Raises OperationalError."""
    driver: Any = connection.connection.dbapi_connection
    driver.read_only(False)
    try:
        driver.begin_writing()
    except (sqlite3.OperationalError, TimeoutError) as error:
        raise OperationalError("BEGIN IMMEDIATE", None, error) from error
    opened: sqlite3.Connection = driver
    return opened


def write_own_tables(connection: Connection) -> None:
    """On SQLite: lets a transaction that was begun for reading write to temporary tables; it takes no lock on the database."""
    driver: Any = connection.connection.dbapi_connection
    driver.read_only(False)


def _begin_postgresql(connection: Connection) -> None:
    driver: Any = connection.connection.dbapi_connection
    read_only = not is_writing()
    if driver.read_only is not read_only:
        driver.read_only = read_only
