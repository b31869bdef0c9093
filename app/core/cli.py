"""Operators' commands fail in a sentence, not in a trace."""

from typing import Any

import click
import psycopg
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from app.core.crypto import MissingSecret
from app.core.outages import first_line, is_store_failure


class PlainGroup(click.Group):
    """A feature's commands; a database that is not ready or a secret that is not set ends them with what to do about it."""

    def __init__(self, group: click.Group) -> None:
        super().__init__(group.name, commands=group.commands, help=group.help)

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except MissingSecret as error:
            raise click.ClickException(f"{error}: run `flask keys init`, or point INSTANCE_PATH to where it is.") from None
        except (DBAPIError, PoolTimeout, psycopg.Error) as error:  # psycopg's from the queue of jobs, which goes there by itself
            # SQLite has one kind of error for a missing table and for a full disk.
            is_weather = is_store_failure(error) and "no such" not in first_line(error)
            mend = "see that it runs and has room, and see DATABASE_URL" if is_weather else "run `flask db upgrade`"
            raise click.ClickException(f"the database did not do this ({first_line(error)}): {mend}.") from None
