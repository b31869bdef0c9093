"""No command empties a filled database unless its name is typed: an operator at the wrong machine notices while typing."""

import sys
from collections.abc import Callable
from typing import Any

import click
from sqlalchemy import inspect, select
from sqlalchemy.engine import make_url

from app.core.db import Base, db
from app.core.settings import settings


def yes_empty(command: Callable[..., Any]) -> Callable[..., Any]:
    """The option by which a script types the name. The command gets it as `typed_name`."""
    said = "Type the name of the database that is emptied (its file name, or its name on the server), for scripts."
    return click.option("--yes-empty", "typed_name", metavar="NAME", default="", help=said)(command)


def require_name(typed: str) -> None:
    """Asks for the name at a terminal if the option is missing. Raises ClickException when the database holds rows and the name is
    wrong."""
    if not _holds_rows():
        return
    name = database_name()
    if not typed and sys.stdin.isatty():
        typed = click.prompt(f"This empties the database {name}. Type its name to go on", default="", show_default=False)
    if typed != name:
        raise click.ClickException(
            f"the database {name} is not empty and was left alone: type its name, or pass --yes-empty {name}, to empty it"
        )


def database_name() -> str:
    """What an operator calls it: `pingzheng.sqlite3`, or the name on the server."""
    return (make_url(settings.database_url).database or "").rpartition("/")[2]


def _holds_rows() -> bool:
    """Uses a connection of its own, so that its locks on tables are gone before one of them is changed."""
    with db.engine.connect() as connection:
        there = set(inspect(connection).get_table_names())
        return any(
            connection.execute(select(1).select_from(table).limit(1)).first()
            for table in Base.metadata.sorted_tables
            if table.name in there
        )
