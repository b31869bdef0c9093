"""Commands of an administrator at a shell: the first run, and the doctor."""

import sys
from pathlib import Path

import click
from flask.cli import AppGroup
from sqlalchemy.exc import SQLAlchemyError

from app.config import Mode
from app.core import installation, jobs, proxy
from app.core.audit.verify import problems as audit_problems
from app.core.database import encryption_notes, fitness
from app.core.errors import DomainError, NotFound
from app.core.installation import bureau_name
from app.core.keys.adoption import notes as key_notes
from app.core.keys.commands import what_to_keep
from app.core.keys.secrets_file import secrets_path
from app.core.settings import settings
from app.documents import pdf
from app.documents.queries import list_problems as list_document_problems
from app.institutions.queries import list_notes_on_keys
from app.regions.queries import list_unchecked_hotlines
from app.regions.service import load_regions
from app.reviews.queries import find_missing_year
from app.setup import dependency_checks, service
from app.setup.prompts import Answers, set_up

group = AppGroup("bureau", help="The bureau that hosts this system.")


@group.command("init")
@click.option("--web", is_flag=True, help="Ask in the browser instead: prints a code for /first-run.")
@click.option("--ask/--no-ask", default=None, help="Ask for what no option says; the default at a terminal.")
@click.option("--name", default="", help="What the bureau is called.")
@click.option("--icp-number", default="", help="Its ICP filing number.")
@click.option("--police-number", default="", help="Its filing number with the police.")
@click.option("--city", "cities", multiple=True, help="Six-digit code of a city of the shipped list; may be repeated.")
@click.option("--regions", "regions_csv", type=click.Path(exists=True, dir_okay=False, path_type=Path), help="A CSV of one's own.")
@click.option("--agency", "agencies", multiple=True, metavar="SLUG,NAME,REGION,PHONE", help="An office; may be repeated.")
@click.option("--staff", "members", multiple=True, metavar="ROLE[+ROLE],USERNAME,NAME", help="A first member; may be repeated.")
def init_bureau(
    web: bool,
    ask: bool | None,
    name: str,
    icp_number: str,
    police_number: str,
    cities: tuple[str, ...],
    regions_csv: Path | None,
    agencies: tuple[str, ...],
    members: tuple[str, ...],
) -> None:
    """Makes an empty, migrated database a real bureau's.

    Asks at a terminal; takes all as options; without either it loads the shipped regions and offices, and adds nobody.
    """
    if unfinished := installation.find_unfinished_restore():
        raise click.ClickException(f"a restore of {unfinished} was begun and not finished: finish it, it brings the bureau with it")
    kind = installation.find_kind()
    if kind is not None and kind is not Mode.production:
        raise click.ClickException(f"this database is a {kind.value} database and stays one")
    if web:
        if kind is not None:
            raise click.ClickException("this bureau is set up already")
        click.echo(f"open /first-run in a browser and type: {service.write_code()}")
        return
    asks = sys.stdin.isatty() if ask is None else ask
    answers = Answers(name, icp_number, police_number, cities, regions_csv, agencies, members)
    try:
        if kind is None and (asks or answers.say_anything):
            set_up(answers, asks=asks)
        else:
            load_regions()
            service.fill()
    except NotFound:
        raise click.ClickException("an office that was named is not there") from None
    except DomainError as refusal:
        raise click.ClickException(f"{refusal.code}: {refusal.what}{refusal.next}") from None
    click.echo(f"{bureau_name()}: the bureau is set up; now import the roster and add institutions")
    click.echo(what_to_keep(secrets_path(settings.instance_path)))


@click.command("doctor")
def doctor() -> None:
    """Says what keeps this installation from serving well; exit 1 when something must be mended."""
    wrong = settings.problems() + _database_problems()
    path = secrets_path(settings.instance_path)
    if path.exists() and path.stat().st_mode & 0o077:
        wrong.append(f"{path} can be read by others: chmod 600.")
    if not wrong:
        wrong += list_document_problems() + jobs.problems() + audit_problems() + proxy.problems() + dependency_checks.problems()
        wrong += pdf.problems() + encryption_notes.problems()
    for sentence in wrong:
        click.echo(f"mend   {sentence}")
    notes = [] if wrong else _notes()
    for sentence in notes:
        click.echo(f"check  {sentence}")
    if wrong:
        raise click.exceptions.Exit(1)
    click.echo("nothing must be mended")


def _notes() -> list[str]:
    """Sentences about what need not be repaired but may be worth a look."""
    return [
        *fitness.notes(),
        *key_notes(),
        *encryption_notes.notes(),
        *list_notes_on_keys(),
        *_hotline_notes(),
        *_holiday_notes(),
        *proxy.notes(),
        *dependency_checks.notes(),
    ]


def _database_problems() -> list[str]:
    try:
        return fitness.problems() or installation.problems(settings.app_mode)
    except SQLAlchemyError as error:
        return [f"The database cannot be reached: {type(error).__name__}."]


def _hotline_notes() -> list[str]:
    return [
        f"{line.agency.name} {line.phone} was last checked on {line.last_checked or 'no day'}: ring it and mark it as checked."
        for line in list_unchecked_hotlines()
    ]


def _holiday_notes() -> list[str]:
    """A note if a year's days off are missing: promises depend on them, and from November on the next year's are needed."""
    year = find_missing_year()
    return [f"The days off of {year} have not been entered from their notice: see /bureau/content/holidays."] if year else []


commands = [group, doctor]
