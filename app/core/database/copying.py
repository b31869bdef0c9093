"""Copies every table from one migrated database into another, empty one; SQLite and PostgreSQL in either direction."""

from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager

from alembic.migration import MigrationContext
from sqlalchemy import Connection, Engine, Table, create_engine, func, inspect, select, text

from app.core.db import Base, schema_changes
from app.core.engines import prepare_engine

BATCH_ROWS = 5000
NOT_KEPT = frozenset({"job_worker"})  # which processes were alive: means nothing in another place or on another day
Progress = Callable[[int], object]


class NotEmpty(RuntimeError):
    """The target already holds rows, in the table named; nothing was copied."""


class NotMigrated(RuntimeError):
    """The two databases do not have the same tables; the message says which one lacks what, and how to mend it."""


def open_engine(url: str) -> Engine:
    if url.startswith(("postgres://", "postgresql://")):
        url = "postgresql+psycopg://" + url.split("://", 1)[1]
    engine = create_engine(url)
    prepare_engine(engine)
    return engine


def copy_database(source: Engine, target: Engine, progress: Progress = lambda n: None) -> int:
    """Copies all rows on one snapshot of the source, in one transaction of the target, and returns how many.

    Raises NotEmpty, NotMigrated. The target must have the same migrations.
    """
    with snapshot(source) as reading, schema_changes(), target.begin() as writing:
        require_same_revision(reading, writing)
        return copy_rows(reading, writing, progress)


def copy_rows(reading: Connection, writing: Connection, progress: Progress = lambda n: None) -> int:
    """Copies all rows but those of NOT_KEPT, which the target loses too; in the caller's transaction. Raises NotEmpty."""
    total = 0
    if writing.dialect.name == "sqlite":
        writing.exec_driver_sql("PRAGMA defer_foreign_keys=ON")
    require_empty(writing)
    for table in Base.metadata.sorted_tables:
        if table.name in NOT_KEPT:
            writing.execute(table.delete())
        else:
            total += _copy_table(reading, writing, table, progress)
    if writing.dialect.name == "postgresql":
        for table in Base.metadata.sorted_tables:
            _advance_sequence(writing, table)
    return total


def require_empty(connection: Connection) -> None:
    """Raises NotEmpty."""
    for table in Base.metadata.sorted_tables:
        if table.name not in NOT_KEPT and connection.scalar(select(select(table).exists())):
            raise NotEmpty(table.name)


def count_rows(engine: Engine) -> int:
    with engine.connect() as connection:
        return sum(count_tables(connection).values())


def count_tables(connection: Connection) -> dict[str, int]:
    """Rows of each table that a copy takes."""
    tables = [table for table in Base.metadata.sorted_tables if table.name not in NOT_KEPT]
    return {table.name: connection.scalar(select(func.count()).select_from(table)) or 0 for table in tables}


@contextmanager
def snapshot(engine: Engine) -> Iterator[Connection]:
    """A connection that sees the database as it was at the beginning of the block."""
    with engine.connect() as connection:
        if engine.dialect.name == "postgresql":
            connection = connection.execution_options(isolation_level="REPEATABLE READ")
        connection.begin()  # outside `schema_changes`, so it can only read
        connection.execute(text("SELECT 1 FROM alembic_version" if has_revision(connection) else "SELECT 1"))
        yield connection


def has_revision(connection: Connection) -> bool:
    return inspect(connection).has_table("alembic_version")


def revision_of(connection: Connection) -> str | None:
    """None for a database that was never migrated."""
    return MigrationContext.configure(connection).get_current_revision()


def require_same_revision(reading: Connection, writing: Connection) -> None:
    """Raises NotMigrated."""
    source, target = revision_of(reading), revision_of(writing)
    if source is None:
        raise NotMigrated("this database is not migrated: run `flask db upgrade` first")
    if target is None:
        raise NotMigrated("the target has no tables yet: run `DATABASE_URL=<the target> flask db upgrade`, then copy again")
    if source != target:
        raise NotMigrated(
            f"the databases are at different migrations, this one at {source}, the target at {target}: "
            "run `flask db upgrade` here and `DATABASE_URL=<the target> flask db upgrade` there"
        )


def _copy_table(reading: Connection, writing: Connection, table: Table, progress: Progress) -> int:
    copied = 0
    wanted = select(table).order_by(*table.primary_key.columns)
    with closing(reading.execution_options(yield_per=BATCH_ROWS).execute(wanted)) as rows:
        for batch in rows.mappings().partitions(BATCH_ROWS):
            writing.execute(table.insert(), [dict(row) for row in batch])
            copied += len(batch)
            progress(len(batch))
    return copied


def _advance_sequence(writing: Connection, table: Table) -> None:
    """Makes serial columns go on counting after the copied rows."""
    column = table.autoincrement_column
    if column is None:
        return
    sequence = writing.scalar(text("SELECT pg_get_serial_sequence(:t, :c)"), {"t": f'"{table.name}"', "c": column.name})
    if sequence:
        highest = writing.scalar(select(func.max(column)))
        if highest:
            writing.execute(text("SELECT setval(CAST(:s AS regclass), :n)"), {"s": sequence, "n": highest})
