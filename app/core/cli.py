"""Operators' commands fail in a sentence, not in a trace."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import click
from flask.cli import ScriptInfo
from sqlalchemy.exc import DBAPIError

from app.core import audit
from app.core.crypto import MissingSecret


class PlainGroup(click.Group):
    """A feature's commands; a database that is not ready or a secret that is not set ends them with what to do about it.

    What a command wrote into the audit log is sealed before it ends, also when it failed halfway: no server may be running.
    """

    def __init__(self, group: click.Group) -> None:
        super().__init__(group.name, commands=group.commands, help=group.help)

    def invoke(self, ctx: click.Context) -> Any:
        try:
            with _sealing(ctx):
                return super().invoke(ctx)
        except MissingSecret as error:
            raise click.ClickException(f"{error}: run `flask keys init`, or point INSTANCE_PATH to where it is.") from None
        except DBAPIError as error:
            # The driver's first line only: the statement and its values may name a person.
            said = str(error.orig).partition("\n")[0]
            raise click.ClickException(
                f"the database did not do this ({said}): see DATABASE_URL and run `flask db upgrade`."
            ) from None


@contextmanager
def _sealing(ctx: click.Context) -> Iterator[None]:
    try:
        yield
    finally:
        if audit.has_written():
            with ctx.ensure_object(ScriptInfo).load_app().app_context():
                audit.seal_written()
