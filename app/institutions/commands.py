import click
from flask.cli import AppGroup

from app.core.errors import DomainError
from app.institutions import queries, service
from app.institutions.business_types import BUSINESS_TYPES

group = AppGroup("institutions", help="Hospitals, pharmacies and the bureau's counter, and their keys.")


class _Refused(click.ClickException):
    def __init__(self, error: DomainError) -> None:
        super().__init__(f"{error.what}{error.next}")


@group.command("add")
@click.argument("code")
@click.argument("name")
@click.option("--region", required=True, help="GB/T 2260 or admdvs, six digits.")
@click.option("--business-types", required=True, help="Comma separated, or `all` for all of the field's; 09901 is the counter's.")
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


def _set_enabled(code: str, is_enabled: bool) -> None:
    try:
        service.set_enabled(code, is_enabled)
    except DomainError as error:
        raise _Refused(error) from None
    click.echo(f"{code} is {'enabled' if is_enabled else 'disabled'}")
