"""The one place that runs a statement which changes rows and says how many it changed.

Objects that the session holds are not brought up to date, unless that is asked for: the database has decided, and whoever goes on
with such a row reads it again.
"""

from typing import Any, TypeVar, cast

from sqlalchemy import CursorResult, Delete, Insert, Update
from sqlalchemy.engine import Connection
from sqlalchemy.sql.dml import ReturningDelete

from app.core.db import db

Statement = Insert | Update | Delete
Value = TypeVar("Value")


def won(statement: Statement, *, on: Connection | None = None) -> bool:
    """Whether a conditional statement changed exactly one row: of all who run it at once, only one is told yes.

    on: a connection of its own, for what runs without the session.
    """
    return changed(statement, on=on) == 1


def changed(statement: Statement, *, on: Connection | None = None, in_session: bool = False) -> int:
    """Runs it and returns how many rows it changed. in_session: objects that the session holds are brought up to date too."""
    options = {"synchronize_session": "auto" if in_session else False, "preserve_rowcount": True}  # INSERT is not counted otherwise
    result = (on or db.session).execute(statement, execution_options=options)
    return cast(CursorResult[Any], result).rowcount


def write(statement: Statement) -> None:
    """Runs it, for whoever need not know whether it changed anything."""
    changed(statement)


def taken(statement: ReturningDelete[Value]) -> Value | None:
    """The value of the one row a DELETE … RETURNING took away; None when there was none, or another was quicker."""
    return db.session.scalar(statement, execution_options={"synchronize_session": False})
