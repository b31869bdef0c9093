"""Operators' commands fail in a sentence, not in a trace."""

from typing import Any

import click
from sqlalchemy.exc import DBAPIError

from app.core.crypto import MissingSecret


class PlainGroup(click.Group):
    """A feature's commands; a database that is not ready or a secret that is not set ends them with what to do about it."""

    def __init__(self, group: click.Group) -> None:
        super().__init__(group.name, commands=group.commands, help=group.help)

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except MissingSecret as error:
            raise click.ClickException(f"{error}: run `flask keys init`, or point INSTANCE_PATH to where it is.") from None
        except DBAPIError as error:
            raise click.ClickException(
                f"the database did not do this ({driver_says(error)}): see DATABASE_URL and run `flask db upgrade`."
            ) from None


def driver_says(error: DBAPIError) -> str:
    """The driver's first line only: the statement and its values may name a person."""
    return str(error.orig).partition("\n")[0]
