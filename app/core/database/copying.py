"""Copies every table from one migrated database into another, empty one; SQLite and PostgreSQL in either direction."""

from collections.abc import Callable

from sqlalchemy import Connection, Engine, Table, create_engine, func, inspect, select, text

from app.core.db import Base, prepare_engine, schema_changes

BATCH_ROWS = 5000


class NotEmpty(RuntimeError):
    """The target already holds rows; nothing was copied."""


def open_engine(url: str) -> Engine:
    if url.startswith(("postgres://", "postgresql://")):
        url = "postgresql+psycopg://" + url.split("://", 1)[1]
    engine = create_engine(url)
    prepare_engine(engine)
    return engine


def copy_database(source: Engine, target: Engine, progress: Callable[[int], object] = lambda n: None) -> int:
    """Copies all rows on one snapshot of the source, in one transaction of the target, and returns how many.

    Raises NotEmpty. The target must have the same migrations.
    """
    total = 0
    with _snapshot(source) as reading, schema_changes(), target.begin() as writing:
        _require_same_revision(reading, writing)
        if writing.dialect.name == "sqlite":
            writing.exec_driver_sql("PRAGMA defer_foreign_keys=ON")
        for table in Base.metadata.sorted_tables:
            if writing.scalar(select(func.count()).select_from(table)):
                raise NotEmpty(table.name)
            total += _copy_table(reading, writing, table, progress)
        if writing.dialect.name == "postgresql":
            for table in Base.metadata.sorted_tables:
                _advance_sequence(writing, table)
    return total


def count_rows(engine: Engine) -> int:
    with engine.connect() as connection:
        return sum(connection.scalar(select(func.count()).select_from(t)) or 0 for t in Base.metadata.sorted_tables)


def _snapshot(engine: Engine) -> Connection:
    connection = engine.connect()
    if engine.dialect.name == "postgresql":
        connection = connection.execution_options(isolation_level="REPEATABLE READ")
    connection.begin()  # here, outside `schema_changes`, so that it reads only
    return connection


def _require_same_revision(reading: Connection, writing: Connection) -> None:
    revisions = []
    for connection in (reading, writing):
        if not inspect(connection).has_table("alembic_version"):
            raise RuntimeError("one of the two databases is not migrated: run `flask db upgrade` with its DATABASE_URL first")
        revisions.append(connection.scalar(text("SELECT version_num FROM alembic_version")))
    if revisions[0] != revisions[1]:
        raise RuntimeError(f"the databases are at different migrations: {revisions[0]} and {revisions[1]}")


def _copy_table(reading: Connection, writing: Connection, table: Table, progress: Callable[[int], object]) -> int:
    copied = 0
    rows = reading.execution_options(yield_per=BATCH_ROWS).execute(select(table).order_by(*table.primary_key.columns))
    for batch in rows.mappings().partitions(BATCH_ROWS):
        writing.execute(table.insert(), [dict(row) for row in batch])
        copied += len(batch)
        progress(len(batch))
    return copied


def _advance_sequence(writing: Connection, table: Table) -> None:
    """Serial columns go on counting behind the copied rows."""
    column = table.autoincrement_column
    if column is None:
        return
    sequence = writing.scalar(text("SELECT pg_get_serial_sequence(:t, :c)"), {"t": f'"{table.name}"', "c": column.name})
    if sequence:
        highest = writing.scalar(select(func.max(column)))
        if highest:
            writing.execute(text("SELECT setval(CAST(:s AS regclass), :n)"), {"s": sequence, "n": highest})
