"""`flask reviews …`: the days the office is closed."""

from datetime import datetime

import click
from flask.cli import AppGroup

from app.core.audit.named import cli_actor
from app.core.errors import DomainError, NotFound
from app.reviews import queries, service

group = AppGroup("reviews", help="Reviews: days off, by which promises are counted.")


@group.command("list-holidays")
def list_holidays() -> None:
    """Days that are not like others of their weekday."""
    for holiday in queries.list_holidays():
        click.echo(f"{holiday.day}  {'worked' if holiday.is_worked else 'closed'}  {holiday.name}")


@group.command("set-holiday")
@click.argument("day", type=click.DateTime(["%Y-%m-%d"]))
@click.argument("name")
@click.option("--worked", is_flag=True, help="A weekend day that is worked instead of another (调休).")
def set_holiday(day: datetime, name: str, worked: bool) -> None:
    """Closes a day, or opens a weekend day."""
    try:
        service.set_holiday(day.date(), name, is_worked=worked, by=cli_actor())
    except DomainError as refusal:
        raise click.ClickException(f"{day.date()} cannot be entered so ({refusal.code})") from None
    click.echo(f"{day.date()} is {'worked' if worked else 'closed'}: {name}")


@group.command("remove-holiday")
@click.argument("day", type=click.DateTime(["%Y-%m-%d"]))
def remove_holiday(day: datetime) -> None:
    """Makes a day like others of its weekday again."""
    try:
        service.remove_holiday(day.date(), by=cli_actor())
    except NotFound:
        raise click.ClickException(f"{day.date()} is not in the table") from None
    click.echo(f"{day.date()} is like others of its weekday again")
