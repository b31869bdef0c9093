"""The oldest version of the program that may serve this database: one row, written by each migration.

Two releases run side by side during an upgrade, so an older program meets a schema it does not know. Only the author of a migration
can say whether the older program still works with it. The table is bookkeeping of the migrations like `alembic_version`: it has no
model, so no copy, backup or emptying of a demo includes it.
"""

import re

from sqlalchemy import Column, Connection, Integer, MetaData, String, Table, delete, insert, inspect, select

TABLE = Table(
    "database_release",
    MetaData(),
    Column("id", Integer, primary_key=True),
    Column("oldest_program", String(20), nullable=False),
)
BOOKKEEPING = ("alembic_version", TABLE.name)
_VERSION = re.compile(r"\d+\.\d+\.\d+", re.ASCII)


def find_oldest_program(connection: Connection) -> str | None:
    """None before the first migration that writes it."""
    if not inspect(connection).has_table(TABLE.name):
        return None
    return connection.scalar(select(TABLE.c.oldest_program))


def write_oldest_program(connection: Connection, version: str) -> None:
    """In the transaction of the migration. Does nothing while the table does not exist yet."""
    read_version(version)
    if inspect(connection).has_table(TABLE.name):
        connection.execute(delete(TABLE))
        connection.execute(insert(TABLE).values(id=1, oldest_program=version))


def read_version(text: str) -> tuple[int, ...]:
    """For comparing: `0.10.0` is newer than `0.9.0`. Raises ValueError for anything but three numbers."""
    if _VERSION.fullmatch(text) is None:
        raise ValueError(f"{text!r} is not a version such as 0.2.0")
    return tuple(int(part) for part in text.split("."))
