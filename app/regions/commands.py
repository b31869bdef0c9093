from datetime import datetime
from pathlib import Path

import click
from flask.cli import AppGroup

from app.core.errors import DomainError, NotFound
from app.regions import queries, service

group = AppGroup("regions", help="Insured regions, offices and their telephone numbers.")

_MENDS = {"phone_twice": "the office has this number already, see `flask regions hotlines`"}


@group.command("load")
@click.option("--folder", type=click.Path(exists=True, file_okay=False, path_type=Path), default=service.DATA)
def load(folder: Path) -> None:
    """Loads regions.csv and agencies.csv. Run it again at any time: what staff changed in an office stays."""
    service.load_regions(folder)
    click.echo(f"{len(queries.list_insured_regions())} insured regions, {len(queries.list_agencies())} offices")


@group.command("hotlines")
def list_hotlines() -> None:
    """Prints every office with its numbers and the day they were last checked."""
    for agency in queries.list_agencies():
        for hotline in agency.hotlines:
            click.echo(f"{agency.slug}\t{agency.name}\t{hotline.phone}\t{hotline.last_checked or 'never checked'}")


@group.command("check-hotline")
@click.argument("slug")
@click.option("--on", type=click.DateTime(["%Y-%m-%d"]), help="The day it was rung; default today.")
def check_hotline(slug: str, on: datetime | None) -> None:
    """Notes that the office's number was rung and answered."""
    try:
        agency = service.check_hotline(slug, on.date() if on else None, by="operator")
    except NotFound:
        raise click.ClickException(f"there is no office {slug!r}: see `flask regions hotlines`") from None
    click.echo(f"{agency.name}: {', '.join(f'{h.phone} checked {h.last_checked}' for h in agency.hotlines)}")


@group.command("set-hotline")
@click.argument("slug")
@click.argument("phone")
def set_hotline(slug: str, phone: str) -> None:
    """Replaces the office's number, written as people do: 0838-2208900."""
    try:
        agency = service.change_hotline(slug, phone, by="operator")
    except NotFound:
        raise click.ClickException(f"there is no office {slug!r}: see `flask regions hotlines`") from None
    except DomainError as refusal:
        mend = _MENDS.get(refusal.code, "write it as 0838-2208900")
        raise click.ClickException(f"{phone!r} is refused ({refusal.code}): {mend}") from None
    click.echo(f"{agency.name}: {agency.hotlines[0].phone}")
