"""`flask figures …`: counting by hand, after a bulk load or if old rows arrived late."""

from datetime import datetime

import click
from flask.cli import AppGroup

from app.core import clock
from app.figures import queries, service
from app.figures.periods import Span

group = AppGroup("figures", help="The numbers on the desk, counted a day at a time.")


@group.command("count")
@click.option("--since", type=click.DateTime(["%Y-%m-%d"]), help="First day to count; the first of the log when left out.")
def count(since: datetime | None) -> None:
    """Counts every day up to today anew. May run beside the server, and twice."""
    today = clock.today()
    first = since.date() if since else queries.first_day_of_log() or today
    if first > today:
        raise click.UsageError(f"{first} has not come yet.")
    with click.progressbar(length=Span(first, today).days, label="Counting") as bar:
        days = service.count_days(first, today, on_day=lambda _day: bar.update(1))
    click.echo(f"{days} days counted, {first} to {today}.")
