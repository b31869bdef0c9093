"""`flask staff …`: adding the first members, and repairs that the pages do not offer."""

import click
from flask.cli import AppGroup

from app.core.audit.named import cli_actor
from app.core.display import moment
from app.core.errors import DomainError, NotFound
from app.roster.identity import CERT_TYPES, InvalidCert, parse_cert
from app.roster.queries import find_person
from app.staff import queries, service
from app.staff.models import Role, StaffMember

group = AppGroup("staff", help="Members of the bureau's staff.")
_ROLES = click.Choice([role.value for role in Role])


@group.command("add")
@click.argument("username")
@click.option("--name", required=True, help="As colleagues read it.")
@click.option("--agency", required=True, help="The agency's slug, as `flask regions` lists them.")
@click.option("--role", "roles", required=True, multiple=True, type=_ROLES)
@click.option("--cert-type", type=click.Choice(list(CERT_TYPES)), default="01", show_default=True, help="psn_cert_type")
@click.option("--cert-no", default="", help="The member's own document, so that they never decide for their family.")
def add_staff(username: str, name: str, agency: str, roles: tuple[str, ...], cert_type: str, cert_no: str) -> None:
    """Adds a member and prints a one-time password, good for seven days."""
    try:
        person_id = _person_id(cert_type, cert_no)
        added = service.add_staff(
            username, name, agency=agency, roles=[Role(r) for r in roles], by=cli_actor(), person_id=person_id
        )
    except NotFound:
        raise click.ClickException(f"there is no agency {agency!r}") from None
    except DomainError as refusal:
        raise click.ClickException(f"{refusal.code}: {refusal.what}{refusal.next}") from None
    click.echo(f"{added.member.username}  one-time password: {added.one_time_password}")
    click.echo("At the first sign-in they set up an authenticator and choose a password of their own.")


@group.command("list")
def list_staff() -> None:
    """User name, agency, roles, and whether they may sign in."""
    for member in queries.list_staff():
        state = "disabled" if member.disabled_at else "active" if member.totp_enrolled_at else "not signed in yet"
        click.echo(f"{member.username}  {member.agency.slug}  {member.roles_text}  {state}")


@group.command("roles")
@click.argument("username")
@click.option("--role", "roles", required=True, multiple=True, type=_ROLES, help="All roles the member has from now on.")
def change_roles(username: str, roles: tuple[str, ...]) -> None:
    """Replaces a member's roles; open sessions follow at once."""
    try:
        service.change_roles(_member(username), [Role(r) for r in roles], by=cli_actor())
    except DomainError as refusal:
        raise click.ClickException(f"{refusal.code}: {refusal.what}{refusal.next}") from None
    click.echo(f"{username}: {', '.join(sorted(roles))}")


@group.command("agency")
@click.argument("username")
@click.argument("agency")
def change_agency(username: str, agency: str) -> None:
    """Moves a member to another agency and its region."""
    try:
        service.change_agency(_member(username), agency, by=cli_actor())
    except NotFound:
        raise click.ClickException(f"there is no agency {agency!r}") from None
    click.echo(f"{username}: {agency}")


@group.command("disable")
@click.argument("username")
def disable_staff(username: str) -> None:
    """Ends all sessions of a member, who cannot sign in any more."""
    service.disable_staff(_member(username), by=cli_actor())
    click.echo(f"{username} is disabled")


@group.command("reset")
@click.argument("username")
def reset_staff(username: str) -> None:
    """Prints a new one-time password; the authenticator is set up anew."""
    reset = service.reset_staff(_member(username), by=cli_actor())
    click.echo(f"{username}  one-time password: {reset.one_time_password}  until {moment(reset.expires_at)}")


def _member(username: str) -> StaffMember:
    member = queries.find_staff(username)
    if member is None:
        raise click.ClickException(f"nobody here is called {username!r}")
    return member


def _person_id(cert_type: str, cert_no: str) -> int | None:
    if not cert_no:
        return None
    try:
        cert = parse_cert(cert_type, cert_no)
    except InvalidCert as error:
        raise click.ClickException(str(error)) from None
    person = find_person(cert.cert_type, cert.number)
    if person is None:
        raise click.ClickException("Nobody in the roster has this document.")
    return person.id
