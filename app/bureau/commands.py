"""What an administrator does at a shell: the first run, and asking what is wrong."""

from datetime import timedelta

import click
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from flask import current_app
from flask.cli import AppGroup
from sqlalchemy.exc import SQLAlchemyError

from app.accounts.service import load_notices
from app.config import Mode
from app.core import clock, installation, jobs
from app.core.db import db
from app.core.keys.secrets_file import secrets_path
from app.core.settings import settings
from app.documents.queries import list_problems as list_document_problems
from app.help.service import load_help_texts
from app.regions.queries import list_agencies
from app.regions.service import load_regions
from app.reviews.queries import list_holidays
from app.reviews.service import load_holidays

group = AppGroup("bureau", help="The bureau that hosts this system.")

HOTLINE_CHECK_DAYS = 90


@group.command("init")
def init_bureau() -> None:
    """Makes an empty, migrated database a real bureau's: regions, agencies, hotlines, legal texts and help."""
    try:
        installation.set_kind(Mode.production)
    except RuntimeError as error:
        raise click.ClickException(str(error)) from None
    load_regions()
    load_notices()
    load_help_texts()
    load_holidays()
    click.echo(f"{settings.bureau_name}: the bureau is set up; now import the roster and add institutions")


@click.command("doctor")
def doctor() -> None:
    """Says what keeps this installation from serving well; exit 1 when something must be mended."""
    wrong = settings.problems() + _database_problems()
    path = secrets_path(settings.instance_path)
    if path.exists() and path.stat().st_mode & 0o077:
        wrong.append(f"{path} can be read by others: chmod 600.")
    if not wrong:
        wrong += list_document_problems() + jobs.problems()
    for sentence in wrong:
        click.echo(f"mend   {sentence}")
    notes = [] if wrong else _hotline_notes() + _holiday_notes()
    for sentence in notes:
        click.echo(f"check  {sentence}")
    if wrong:
        raise click.exceptions.Exit(1)
    click.echo("nothing must be mended")


def _database_problems() -> list[str]:
    try:
        with db.engine.connect() as connection:
            current = MigrationContext.configure(connection).get_current_revision()
    except SQLAlchemyError as error:
        return [f"The database cannot be reached: {type(error).__name__}."]
    newest = ScriptDirectory(current_app.extensions["migrate"].directory).get_current_head()
    if current != newest:
        return [f"The database is at migration {current or 'none'}, not at {newest}: run `flask db upgrade`."]
    return installation.problems(settings.app_mode)


def _hotline_notes() -> list[str]:
    limit = clock.today() - timedelta(days=HOTLINE_CHECK_DAYS)
    return [
        f"{agency.name} {hotline.phone} was last checked on {hotline.last_checked or 'no day'}: ring it and set the date."
        for agency in list_agencies()
        for hotline in agency.hotlines
        if hotline.last_checked is None or hotline.last_checked < limit
    ]


def _holiday_notes() -> list[str]:
    """Promises are counted by this table; in December next year's days off must be known."""
    year = clock.today().year + (clock.today().month >= 12)
    if any(holiday.day.year == year for holiday in list_holidays()):
        return []
    return [f"No days off of {year} are in the table: enter them with `flask reviews set-holiday`."]


commands = [group, doctor]
