"""How connections to the database are made and taken from the pool: quickly or not at all, and never one whose other end is gone.

A thread that waits for a silent server serves nobody. So every wait has a timeout, and after one thread has waited long in vain,
the others fail at once for a while. Whether a connection is still alive is seen on its socket, without a round trip.
"""

import os
import select
import sqlite3
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any
from weakref import WeakKeyDictionary, WeakSet

from sqlalchemy import Dialect, event
from sqlalchemy.engine import Engine, make_url
from sqlalchemy.exc import DisconnectionError
from sqlalchemy.pool import ConnectionPoolEntry

from app.core import outages
from app.core.on_demand import on_demand
from app.core.private_files import make_private_database

if TYPE_CHECKING:
    import psycopg
else:
    psycopg = on_demand("psycopg")  # with what it needs a twentieth of what a server on SQLite holds

IN_MEMORY = "sqlite://"
POOL_WAIT_SECONDS = 5  # fixed: a thread that waits for a connection serves nobody
# Options of libpq: a host that has vanished is noticed within fifteen seconds, on idle and on busy connections.
PATIENCE: dict[str, int] = {
    "connect_timeout": 3,
    "keepalives_idle": 5,
    "keepalives_interval": 5,
    "keepalives_count": 2,
    "tcp_user_timeout": 15_000,
}
_SLOW_SECONDS = 1.0  # fixed: a failure slower than this keeps threads waiting, so nobody connects for a while
_REST_SECONDS = 2.0  # fixed: how long nobody tries

_given_up: WeakKeyDictionary[Dialect, tuple[float, "psycopg.OperationalError"]] = WeakKeyDictionary()  # until when, and the error
_opened_once: WeakSet[Dialect] = WeakSet()


def patience_for(url: str) -> dict[str, int]:
    """The timeouts that the URL of a PostgreSQL does not set itself."""
    return {name: value for name, value in PATIENCE.items() if name not in make_url(url).query}


def engine_options(url: str) -> dict[str, Any]:
    """For `create_engine` in processes that serve requests."""
    if url == IN_MEMORY:
        return {}  # there is one connection, and nobody waits for it
    connect_args = patience_for(url) if url.startswith("postgresql") else {}
    return {"pool_timeout": POOL_WAIT_SECONDS, "connect_args": connect_args}


def watch(engine: Engine) -> None:
    if engine.dialect.name == "sqlite":
        event.listen(engine, "do_connect", _open_file)
        event.listen(engine, "checkout", _check_file)
    else:
        event.listen(engine, "do_connect", _knock)
        event.listen(engine, "checkout", _check_socket)


def _knock(dialect: Dialect, _record: ConnectionPoolEntry, arguments: Any, options: Any) -> Any:
    """Connects, unless another thread has just waited long for this server: then it fails at once with the same error."""
    until, said = _given_up.get(dialect, (0.0, None))
    began = time.monotonic()
    if said is not None and began < until:
        raise type(said)(*said.args)
    try:
        return dialect.connect(*arguments, **options)
    except psycopg.OperationalError as error:
        if time.monotonic() - began >= _SLOW_SECONDS:
            _given_up[dialect] = (time.monotonic() + _REST_SECONDS, error)
        raise


def _check_socket(raw: Any, _record: ConnectionPoolEntry, _fairy: object) -> None:
    """A server sends nothing on an idle connection except when it closes it, so only one with something to read is examined."""
    if raw.closed or (_has_news(raw.fileno()) and not _still_stands(raw)):
        raise DisconnectionError
    outages.answered(outages.DATABASE)


def _has_news(descriptor: int) -> bool:
    poll = select.poll()
    poll.register(descriptor, select.POLLIN | select.POLLHUP)
    return bool(poll.poll(0))


def _still_stands(raw: Any) -> bool:
    try:
        raw.pgconn.consume_input()
    except psycopg.Error:
        return False
    return raw.pgconn.status == psycopg.pq.ConnStatus.OK and not _has_news(raw.fileno())


def _open_file(dialect: Dialect, record: ConnectionPoolEntry | None, arguments: Any, _options: Any) -> None:
    """Does not recreate a file that this process has opened before and that is gone: an empty one would look like a new bureau."""
    path = arguments[0]
    if not path or path == ":memory:" or path.startswith("file:"):
        return
    if dialect in _opened_once and not os.path.exists(path):
        raise sqlite3.OperationalError("the database file is gone")
    make_private_database(path)
    file = Path(path)
    if record is not None and (identity := _identity(file)) is not None:
        record.info["file"] = (file, identity)
        _opened_once.add(dialect)


def _check_file(_raw: object, record: ConnectionPoolEntry, _fairy: object) -> None:
    """Rejects a connection whose file was deleted or replaced: nobody would find again what it writes there."""
    file, identity = record.info.get("file", (None, None))
    if file is not None and _identity(file) != identity:
        raise DisconnectionError
    outages.answered(outages.DATABASE)


def _identity(path: Path) -> tuple[int, int] | None:
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_dev, found.st_ino
