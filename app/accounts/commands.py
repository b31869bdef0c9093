"""What an operator does with accounts."""

import click
from flask.cli import AppGroup

from app.accounts import service

group = AppGroup("accounts", help="Citizens' accounts and the legal texts they consent to.")


@group.command("load-notices")
def load_notices() -> None:
    """Brings the legal texts into the database. A version that somebody consented to is never changed."""
    try:
        changed = service.load_notices()
    except ValueError as error:
        raise click.ClickException(str(error)) from error
    click.echo(f"{changed} notice versions added or changed")
