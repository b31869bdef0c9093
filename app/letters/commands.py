"""What an operator does with letters."""

from pathlib import Path

import click
from flask.cli import AppGroup

from app.core.display import moment
from app.letters.queries import find_letter_of_pdf

group = AppGroup("letters", help="Signed commitment letters.")


@group.command("verify")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
def verify_letter(file: Path) -> None:
    """Says whether FILE is, byte for byte, a letter that was signed here."""
    letter = find_letter_of_pdf(file.read_bytes())
    if letter is None or letter.signed_at is None:
        raise click.ClickException("This file is not a letter signed here, or it was changed.")
    click.echo(f"Letter {letter.id}, signed at {moment(letter.signed_at)}, unchanged.")
