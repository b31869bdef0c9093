from typing import Any

import click
from flask.cli import AppGroup

from app.core.errors import DomainError
from app.institutions import queries, service
from app.institutions.business_types import BUSINESS_TYPES
from app.institutions.policy import RiskRules

group = AppGroup("institutions", help="Hospitals, pharmacies and the bureau's counter, and their keys.")


class _Refused(click.ClickException):
    def __init__(self, error: DomainError) -> None:
        super().__init__(f"{error.what}{error.next}")


@group.command("add")
@click.argument("code")
@click.argument("name")
@click.option("--region", required=True, help="GB/T 2260 or admdvs, six digits.")
@click.option(
    "--business-types", required=True, help="Comma separated, or `all` for the field's seventeen; 09901 is the counter's."
)
@click.option("--sandbox", is_flag=True, help="Accepts specimens only.")
@click.option("--supports-challenge", is_flag=True, help="Its desks can show two digits to the holder.")
def add_institution(code: str, name: str, region: str, business_types: str, sandbox: bool, supports_challenge: bool) -> None:
    """Registers CODE (H or P and eleven digits) under NAME."""
    scenes = [s for s in BUSINESS_TYPES if s != "09901"] if business_types == "all" else business_types.split(",")
    try:
        service.add_institution(
            code,
            name,
            region_code=region,
            business_types=[scene.strip() for scene in scenes],
            is_sandbox=sandbox,
            supports_challenge=supports_challenge,
        )
    except DomainError as error:
        raise _Refused(error) from None
    click.echo(f"{code} added; `flask institutions issue-key {code}` gives it a key")


@group.command("issue-key")
@click.argument("code")
def issue_key(code: str) -> None:
    """Makes a key and prints it, this once. At most two live at a time."""
    try:
        click.echo(service.issue_key(code))
    except DomainError as error:
        raise _Refused(error) from None


@group.command("revoke-key")
@click.argument("code")
@click.argument("key_id", type=int)
def revoke_key(code: str, key_id: int) -> None:
    """Revokes the key whose number stands after `pz_`."""
    try:
        service.revoke_key(code, key_id)
    except DomainError as error:
        raise _Refused(error) from None
    click.echo(f"key {key_id} of {code} is revoked")


@group.command("confirm-keys")
@click.argument("codes", nargs=-1)
@click.option("--key", "key_ids", type=int, multiple=True, help="Only this one, whose number stands after `pz_`; may be repeated.")
@click.option("--all", "is_all", is_flag=True, help="Those of every institution: only where no key was revoked after the backup.")
def confirm_keys(codes: tuple[str, ...], key_ids: tuple[int, ...], is_all: bool) -> None:
    """Lets keys be used again that a restore has kept off, once the institutions CODES were asked which they use."""
    if is_all == bool(codes):
        raise click.ClickException("name the institutions whose keys are good, or give --all")
    count = 0
    for code in [found.fixmedins_code for found in queries.list_institutions()] if is_all else codes:
        try:
            confirmed = service.confirm_keys(code, list(key_ids) or None)
        except DomainError as error:
            raise _Refused(error) from None
        for key_id in confirmed:
            click.echo(f"key {key_id} of {code} is good again")
        count += len(confirmed)
    click.echo(f"{count} keys confirmed")


@group.command("enable")
@click.argument("code")
def enable_institution(code: str) -> None:
    """Lets it scan again."""
    _set_enabled(code, True)


@group.command("disable")
@click.argument("code")
def disable_institution(code: str) -> None:
    """Refuses it from the next request on."""
    _set_enabled(code, False)


@group.command("list")
def list_institutions() -> None:
    """Code, state, live keys, business types, name."""
    for found in queries.list_institutions():
        state = ("sandbox " if found.is_sandbox else "") + ("enabled" if found.is_enabled else "disabled")
        keys = ",".join(f"{key.id}{' kept off' if key.held_at else ''}" for key in queries.list_live_keys(found.id)) or "-"
        click.echo(f"{found.fixmedins_code}\t{state}\tkeys {keys}\t{found.business_types}\t{found.name}")


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


def _set_enabled(code: str, is_enabled: bool) -> None:
    try:
        service.set_enabled(code, is_enabled)
    except DomainError as error:
        raise _Refused(error) from None
    click.echo(f"{code} is {'enabled' if is_enabled else 'disabled'}")
