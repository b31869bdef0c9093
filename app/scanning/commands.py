from typing import Any

import click
from flask.cli import AppGroup

from app.scanning import service
from app.scanning.policy import RiskRules

group = AppGroup("scanning", help="What the rules would do that ask for two digits.")


@group.command("risk-dry-run")
@click.option("--days", default=30, show_default=True, help="How far back.")
@click.option("--first-use/--no-first-use", default=service.PROPOSED.first_use, show_default=True, help="First use at the place.")
@click.option("--other-city-minutes", default=service.PROPOSED.other_city_minutes, show_default=True, help="0 is off.")
@click.option("--pharmacies-a-day", default=service.PROPOSED.pharmacies_a_day, show_default=True, help="More than these; 0 is off.")
@click.option("--new-device-hours", default=service.PROPOSED.new_device_hours, show_default=True, help="0 is off.")
@click.option("--min-rules", default=service.PROPOSED.min_rules, show_default=True, help="So many must hit together.")
def run_risk_rules_dry(days: int, **rules: Any) -> None:
    """Counts the past scans at which the risk rules would have asked for two digits. Changes nothing."""
    with click.progressbar(length=days, label="days") as bar:
        found = service.dry_run_risk(days, RiskRules(**rules), bar.update)
    click.echo(f"{found.scans} accepted scans in {days} days, {found.paying} of them paying")
    share = _share(found.hit, found.paying)
    click.echo(f"{found.hit} ({share} of the paying) would have been asked for, {found.asked} at desks that can ask")
    for name, count in found.by_rule.most_common():
        click.echo(f"  {name}: hit {count} times")
    for names, count in found.by_pair.most_common():
        click.echo(f"  {names}: {count} scans")
    click.echo(f"{found.denied} were reported as not the holder's")
    click.echo(f"{found.denied_hit} of them would have been asked for, {found.denied_asked} at desks that can ask")


def _share(part: int, whole: int) -> str:
    return f"{100 * part / whole:.2f} %" if whole else "0 %"
