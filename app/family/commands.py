"""Operators' commands for families: booked calls, and disputes about custody."""

from datetime import timedelta

import click
from flask.cli import AppGroup

from app.core import clock
from app.core.display import masked_name, moment
from app.core.errors import DomainError
from app.family import queries, service
from app.roster.identity import InvalidCert, parse_cert
from app.roster.queries import find_person

BY = "operator"

group = AppGroup("family", help="Family accounts: booked calls and disputes about custody.")


@group.command("list-calls")
@click.option("--days", default=7, show_default=True, help="How far ahead to look.")
@click.option("--region", default="", help="A prefix of the insured region's code.")
def list_calls(days: int, region: str) -> None:
    """Booked calls, the next first; those whose hour has passed today too."""
    now = clock.now()
    for call in queries.list_call_backs(now - timedelta(days=1), now + timedelta(days=days), region):
        click.echo(f"{call.id}  {moment(call.starts_at)}  {queries.phone_to_call(call)}  request {call.request_id}")


@group.command("call")
@click.argument("call_id", type=int)
@click.option("--no-answer", is_flag=True, help="Nobody answered: the request waits for another hour.")
def complete_call(call_id: int, no_answer: bool) -> None:
    """Notes the call CALL_ID. Each line of the checklist is asked; one no means that the member has not agreed."""
    try:
        call = queries.get_call_back(call_id)
        if no_answer:
            service.miss_call_back(call, by=BY)
            click.echo("noted: nobody answered")
            return
        answers = [key for key, question in service.CHECKLIST.items() if click.confirm(str(question))]
        request = service.complete_call_back(call, answers, by=BY)
    except DomainError as error:
        raise click.ClickException(f"{error.what}{error.next}") from None
    click.echo(f"request {request.id}: {request.state.value}")


@group.command("custody")
@click.argument("cert_type")
@click.argument("number")
@click.option("--lift", is_flag=True, help="The dispute is over.")
def mark_custody(cert_type: str, number: str, lift: bool) -> None:
    """Marks that the custody of a child is disputed: from then on two reviewers must agree to a new link."""
    try:
        person = find_person(cert_type, parse_cert(cert_type, number).number)
    except InvalidCert as error:
        raise click.ClickException(str(error)) from None
    if person is None:
        raise click.ClickException("Nobody in the roster has this document.")
    change = service.lift_custody_flag if lift else service.flag_custody
    if not change(person.id, by=BY):
        raise click.ClickException("It was so already.")
    click.echo(f"{masked_name(person.name)}: {'lifted' if lift else 'two reviewers needed from now on'}")
