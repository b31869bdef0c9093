"""The database: one declarative base free of Flask, and the one way to write.

Outside `transaction` a session only reads, on a snapshot, so readers never block. The outermost `transaction` starts afresh
(objects are read again). On SQLite it begins IMMEDIATE: a plain BEGIN that reads and then writes fails with SQLITE_BUSY_SNAPSHOT.
"""

import enum
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, datetime
from typing import Any

from flask_migrate import Migrate
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import BigInteger, DateTime, Dialect, Enum, Integer, MetaData, Table, TypeDecorator
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import Connection
from sqlalchemy.orm import DeclarativeBase, MappedAsDataclass, Session

from app.core import outages

NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}

BigId = BigInteger().with_variant(Integer(), "sqlite")  # SQLite numbers rows by itself only in an INTEGER key


class UtcDateTime(TypeDecorator[datetime]):
    """Aware datetimes in, aware UTC out, on both databases."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a moment needs a time zone")
        return value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class Base(MappedAsDataclass, DeclarativeBase, eq=False, kw_only=True):
    metadata = MetaData(naming_convention=NAMING)
    type_annotation_map = {
        datetime: UtcDateTime,
        enum.Enum: Enum(enum.Enum, native_enum=False, length=24, values_callable=lambda e: [m.value for m in e]),
    }


def table_of(model: type[Base]) -> Table:
    """For statements that go to the driver without the ORM."""
    table = model.__table__
    assert isinstance(table, Table)
    return table


db = SQLAlchemy(metadata=Base.metadata)
migrate = Migrate()

_writing: ContextVar[bool] = ContextVar("writing", default=False)
_after_commit: ContextVar[list[Callable[[], None]] | None] = ContextVar("after_commit", default=None)


@contextmanager
def transaction() -> Iterator[None]:
    """Rules, rows and the audit row commit together when the outermost block ends, or not at all.

    Also a decorator: `@transaction()`. Inner uses join the outer one. No network, image work or password hash belongs inside.
    """
    if _writing.get():
        yield
        return
    roll_back()
    writing = _writing.set(True)
    afterwards: list[Callable[[], None]] = []
    outer = _after_commit.set(afterwards)
    try:
        yield
        db.session.commit()
    except BaseException:
        roll_back()
        raise
    finally:
        _writing.reset(writing)
        _after_commit.reset(outer)
    outages.answered(outages.DATABASE_WORK)
    _run_all(afterwards)


@contextmanager
def bare_transaction() -> Iterator[Connection]:
    """A transaction on a connection of its own, without a session: for the busiest path. Never inside another transaction.

    The transaction begins with `begin_writing`. A `Prepared` statement before that is on its own and makes nobody wait.
    """
    writing = _writing.set(True)
    afterwards: list[Callable[[], None]] = []
    outer = _after_commit.set(afterwards)
    try:
        with db.engine.connect() as connection, _statement_by_statement(connection):
            yield connection
            connection.commit()
    finally:
        _writing.reset(writing)
        _after_commit.reset(outer)
    outages.answered(outages.DATABASE_WORK)
    _run_all(afterwards)


@contextmanager
def bare_read() -> Iterator[Connection]:
    """A connection for one read by a `Prepared` statement: no session, and on PostgreSQL no BEGIN and ROLLBACK around it."""
    with db.engine.connect() as connection, _statement_by_statement(connection):
        yield connection


@contextmanager
def _statement_by_statement(connection: Connection) -> Iterator[None]:
    """Runs statements without BEGIN and COMMIT around them, as SQLite does anyway."""
    if connection.dialect.name != "postgresql":
        yield
        return
    raw: Any = connection.connection.dbapi_connection
    raw.autocommit = True
    try:
        yield
    finally:
        if raw.autocommit and not raw.closed:  # a broken connection has no state to restore
            raw.autocommit = False


def begin_writing(connection: Connection) -> None:
    """From here on this `bare_transaction` may write, all or nothing. Only `Prepared` statements may run before it."""
    raw: Any = connection.connection.dbapi_connection
    if connection.dialect.name == "postgresql" and raw.autocommit:
        if connection.in_transaction():
            raise RuntimeError("a statement of SQLAlchemy's own was run before the transaction began")
        raw.autocommit = False
    if not connection.in_transaction():
        connection.begin()


@contextmanager
def session_on(connection: Connection) -> Iterator[None]:
    """Inside it `db.session` works in the given `bare_transaction`, so that the verbs of features can be used there."""
    registry: Any = db.session.registry
    outer = registry() if registry.has() else None
    with Session(bind=connection, join_transaction_mode="create_savepoint") as session:
        registry.set(session)
        try:
            yield
            session.commit()
        finally:
            registry.clear() if outer is None else registry.set(outer)


def upsert(model: type[Any] | Table) -> postgresql.Insert | sqlite.Insert:
    """An INSERT that can say what happens when the row is there already: `on_conflict_do_nothing()`, `on_conflict_do_update(…)`."""
    return postgresql.insert(model) if db.engine.dialect.name == "postgresql" else sqlite.insert(model)


def after_commit(act: Callable[[], None]) -> None:
    """Runs `act` once the surrounding transaction has committed. It is lost if the process dies first: if that matters, use a job.

    What it raises is only logged: the transaction has committed, so the request is answered as a success.
    """
    afterwards = _after_commit.get()
    if afterwards is None:
        raise RuntimeError("after_commit needs a surrounding transaction")
    afterwards.append(act)


def _run_all(acts: list[Callable[[], None]]) -> None:
    for act in acts:
        try:
            act()
        except Exception as error:
            outages.note_kind("after_commit_failed", error)


def roll_back() -> None:
    """Ends the session's transaction. The session is fresh afterwards even if the database went away in the middle of it."""
    _or_forget(db.session.rollback)


def let_go() -> None:
    """Gives the session's connection back to the pool, whatever state it is in."""
    _or_forget(db.session.remove)


def _or_forget(end: Callable[[], None]) -> None:
    try:
        end()
    except Exception as error:
        if not outages.is_store_failure(error):
            raise
        outages.store_failed(error)
        _forget_session()


def _forget_session() -> None:
    registry: Any = db.session.registry
    if registry.has():
        registry().invalidate()
    registry.clear()


@contextmanager
def schema_changes() -> Iterator[None]:
    """For migrations and bulk loads that hold a connection of their own."""
    writing = _writing.set(True)
    try:
        yield
    finally:
        _writing.reset(writing)


def is_writing() -> bool:
    return _writing.get()
