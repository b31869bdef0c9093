"""`flask db`: Flask-Migrate's commands; in production only those that cannot delete anything."""

import click
from alembic import command
from alembic.util import CommandError
from flask import current_app, g
from flask.cli import ScriptInfo, with_appcontext
from flask_migrate.cli import db as all_commands
from sqlalchemy.exc import DBAPIError

from app.core.cli import PlainGroup
from app.core.database import fitness
from app.core.database.emptying import require_name, yes_empty
from app.core.keys.commands import say_adopted
from app.core.outages import first_line
from app.core.settings import settings

IN_PRODUCTION = ("upgrade", "current", "heads", "history", "check")


@click.command("upgrade")
@click.argument("revision", default="head")
@with_appcontext
def upgrade(revision: str) -> None:
    """Brings the database to this program's schema. Each migration is done whole or not at all."""
    at = fitness.examine()
    if at.is_unknown:
        if at.problem:
            raise click.ClickException(at.problem)
        click.echo(f"nothing to do: {at.note}")
        return
    config = current_app.extensions["migrate"].migrate.get_config()
    try:
        command.upgrade(config, revision)
    except CommandError as error:
        raise click.ClickException(str(error)) from None
    except DBAPIError as error:
        left = fitness.find_revision()
        raise click.ClickException(
            f"the upgrade stopped ({first_line(error)}) and left the database at migration {left}, "
            "whole: mend that and run `flask db upgrade` again"
        ) from None
    reached = fitness.examine()
    if reached.problem and revision == "head":
        raise click.ClickException(reached.problem)
    click.echo(f"the database is at migration {reached.revision}")
    if revision == "head":
        say_adopted()


@click.command("downgrade")
@click.argument("revision", default="-1")
@yes_empty
@with_appcontext
def downgrade(revision: str, typed_name: str) -> None:
    """Takes migrations back with the rows that are only in them; the first one never."""
    require_name(typed_name)
    config = current_app.extensions["migrate"].migrate.get_config()
    try:
        command.downgrade(config, revision)
    except CommandError as error:
        raise click.ClickException(str(error)) from None


class SchemaGroup(PlainGroup):
    """Named `db`. Commands that are not for production are neither listed nor run there."""

    def __init__(self) -> None:
        super().__init__(click.Group("db", commands=dict(all_commands.commands), help="The schema of the database."))
        self.add_command(upgrade)
        self.add_command(downgrade)

    def list_commands(self, ctx: click.Context) -> list[str]:
        _enter_app(ctx)
        return [name for name in super().list_commands(ctx) if _is_offered(name)]

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        _enter_app(ctx)
        found = super().get_command(ctx, cmd_name)
        if found is not None and not _is_offered(cmd_name):
            raise click.ClickException(
                f"`flask db {cmd_name}` is not for production, whose database only goes forward: see docs/upgrading.md"
            )
        return found

    def invoke(self, ctx: click.Context) -> object:
        _enter_app(ctx)
        g.directory, g.x_arg = None, ()  # what Flask-Migrate's own group would set
        return super().invoke(ctx)


def _enter_app(ctx: click.Context) -> None:
    """Loads the app before any command of the group is looked up, because the mode decides which commands are offered."""
    if not current_app:
        ctx.with_resource(ctx.ensure_object(ScriptInfo).load_app().app_context())


def _is_offered(name: str) -> bool:
    return settings.is_demo or name in IN_PRODUCTION
