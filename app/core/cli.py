"""Operators' commands fail with a sentence, not with a traceback."""

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any

import click
from flask.cli import ScriptInfo
from sqlalchemy.exc import DBAPIError, SQLAlchemyError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from app.core import audit
from app.core.crypto import MissingSecret
from app.core.db import db
from app.core.keys.fitting import SecretsDoNotFit, misfits
from app.core.outages import first_line, is_store_failure

# These also work on databases made with other secrets, on empty ones, or on none, and check that themselves.
_LOOK_THEMSELVES = ("config", "keys", "backup", "database", "db", "demo")


class PlainGroup(click.Group):
    """A feature's commands. If the database is not ready or a secret is not set, they end with a sentence that says what to do.

    They do not begin under secrets the database was not made with: nobody could read what they wrote.
    What a command wrote into the audit log is sealed before it ends, even if it failed halfway: perhaps no server is running.
    """

    def __init__(self, group: click.Group) -> None:
        super().__init__(group.name, commands=group.commands, help=group.help)

    def invoke(self, ctx: click.Context) -> Any:
        try:
            if self.name not in _LOOK_THEMSELVES:
                _refuse_other_secrets(ctx)
            with _sealing(ctx):
                return super().invoke(ctx)
        except MissingSecret as error:
            raise click.ClickException(f"{error}: run `flask keys init`, or point INSTANCE_PATH to where it is.") from None
        except SecretsDoNotFit as error:
            raise click.ClickException(str(error)) from None
        except (DBAPIError, PoolTimeout) as error:
            # SQLite raises the same kind of error for a missing table and for a full disk.
            is_weather = is_store_failure(error) and "no such" not in first_line(error)
            mend = "see that it runs and has room, and see DATABASE_URL" if is_weather else "run `flask db upgrade`"
            raise click.ClickException(f"the database did not do this ({first_line(error)}): {mend}.") from None


def _refuse_other_secrets(ctx: click.Context) -> None:
    """Raises SecretsDoNotFit. Faults of the database itself are left for the command to report."""
    with ctx.ensure_object(ScriptInfo).load_app().app_context(), suppress(DBAPIError), db.engine.connect() as connection:
        if wrong := misfits(connection):
            raise SecretsDoNotFit(wrong)


@contextmanager
def _sealing(ctx: click.Context) -> Iterator[None]:
    audit.forget_written()
    try:
        yield
    except BaseException:
        with suppress(SQLAlchemyError):  # the operator must see the first error; the server's sealer seals these rows later
            _seal(ctx)
        raise
    _seal(ctx)


def _seal(ctx: click.Context) -> None:
    if audit.has_written():
        with ctx.ensure_object(ScriptInfo).load_app().app_context():
            audit.seal_written()
