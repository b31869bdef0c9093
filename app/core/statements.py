"""The one place that runs statements which change rows, and says how many rows they changed.

Objects in the session are not updated unless that is asked for: the database has decided, and code that goes on with such a row
reads it again.
"""

from typing import Any, TypeVar, cast

from sqlalchemy import CursorResult, Delete, Insert, Update
from sqlalchemy.engine import Connection
from sqlalchemy.sql.dml import ReturningDelete

from app.core.db import db

Statement = Insert | Update | Delete
Value = TypeVar("Value")


def won(statement: Statement, *, on: Connection | None = None) -> bool:
    """Whether a conditional statement changed exactly one row: of all callers that run it at the same time, only one gets True.

    on: a connection of its own, for code that runs without the session.
    """
    return changed(statement, on=on) == 1


def changed(statement: Statement, *, on: Connection | None = None, in_session: bool = False) -> int:
    """Runs it and returns how many rows it changed. in_session: also updates the objects in the session."""
    options = {"synchronize_session": "auto" if in_session else False, "preserve_rowcount": True}  # else an INSERT is not counted
    result = (on or db.session).execute(statement, execution_options=options)
    return cast(CursorResult[Any], result).rowcount


def write(statement: Statement) -> None:
    """Runs it, for callers that need not know whether it changed anything."""
    changed(statement)


def taken(statement: ReturningDelete[Value]) -> Value | None:
    """The value of the one row that a DELETE … RETURNING deleted; None when there was none, or another caller was quicker."""
    return db.session.scalar(statement, execution_options={"synchronize_session": False})
