"""`flask proofs …`: what the bureau's counter does until it has its own pages."""

import click
from flask.cli import AppGroup

from app.core.audit.named import cli_actor
from app.proofs import service
from app.roster.identity import CERT_TYPES, InvalidCert, parse_cert
from app.roster.queries import find_person

group = AppGroup("proofs", help="Proofs of identity.")


@group.command("issue-counter-code")
@click.option("--cert-type", type=click.Choice(list(CERT_TYPES)), default="01", show_default=True, help="psn_cert_type")
@click.option("--cert-no", required=True, help="Number of the document the clerk has looked at.")
def issue_counter_code(cert_type: str, cert_no: str) -> None:
    """Prints an eight-digit code, once, for the person who stands at the counter with this document."""
    try:
        cert = parse_cert(cert_type, cert_no)
    except InvalidCert as error:
        raise click.ClickException(str(error)) from None
    person = find_person(cert.cert_type, cert.number)
    if person is None:
        raise click.ClickException("Nobody in the roster has this document.")
    click.echo(service.issue_counter_code(person, cli_actor()))
