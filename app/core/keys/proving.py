"""Tries the running secrets on what a database holds, where the models say how. Only reads, a few of the oldest rows of each table.

The oldest, because a database that was served under other secrets for a while holds rows made with both, and the oldest rows were
made with its own secrets.
"""

from dataclasses import dataclass

from sqlalchemy import Column, Connection, Table, select

from app.core.audit.keys import key_of_row
from app.core.audit.models import AuditRow
from app.core.crypto import vault
from app.core.db import Base
from app.core.keys.stored import Sealed

OLDEST_ROWS = 8


@dataclass(frozen=True)
class Evidence:
    """tried: how many stored things were tried. opened: how many of them the secret opens."""

    tried: int = 0
    opened: int = 0

    @property
    def is_proof(self) -> bool:
        return self.opened * 2 > self.tried

    @property
    def is_refusal(self) -> bool:
        return self.opened * 2 <= self.tried and self.tried > 0


def try_data_key(connection: Connection) -> Evidence:
    tried = [_opens(column, stored) for column in _marked("sealed") for stored in _oldest(connection, column)]
    return Evidence(len(tried), sum(tried))


def try_audit_key(connection: Connection) -> Evidence:
    columns = AuditRow.__table__.c
    rows = [dict(row) for row in connection.execute(select(*columns).order_by(columns.id).limit(OLDEST_ROWS)).mappings()]
    return Evidence(len(rows), sum(key_of_row(row) > 0 for row in rows))


def list_masters_in_use(connection: Connection) -> set[str]:
    """The ids of the code masters that rows name. No row can prove a master itself: what is derived from it is stored nowhere."""
    return {str(name) for column in _marked("names_master") for name in connection.scalars(select(column).distinct())}


def holds_sealed(connection: Connection) -> bool:
    """Whether anything is stored that was made with a secret."""
    columns = [*_marked("sealed"), AuditRow.__table__.c.id]
    return any(connection.execute(select(column).where(column.is_not(None)).limit(1)).first() for column in columns)


def _marked(mark: str) -> list[Column[object]]:
    return [column for table in Base.metadata.sorted_tables for column in table.c if mark in column.info]


def _oldest(connection: Connection, column: Column[object]) -> list[tuple[bytes, bytes | int]]:
    table: Table = column.table
    how: Sealed = column.info["sealed"]
    wanted = select(column, table.c[how.bound_to]).where(column.is_not(None)).order_by(*table.primary_key.columns)
    return [(row[0], row[1]) for row in connection.execute(wanted.limit(OLDEST_ROWS))]


def _opens(column: Column[object], stored: tuple[bytes, bytes | int]) -> bool:
    how: Sealed = column.info["sealed"]
    text, bond = stored
    try:
        vault.decrypt(how.purpose, text, bound_to=how.bytes_of(bond))
    except ValueError:
        return False
    return True
