import click
from flask.cli import AppGroup

from app.help import service
from app.help.front_matter import InvalidHelpFile

group = AppGroup("help-texts", help="Guides, questions and explanations shown under /help.")


@group.command("load")
def load_texts() -> None:
    """Loads the texts that came with this release; what staff have edited stays."""
    try:
        report = service.load_help_texts()
    except InvalidHelpFile as wrong:
        raise click.ClickException(str(wrong)) from wrong
    click.echo(
        f"{report.added} added, {report.updated} updated, {report.removed} removed, "
        f"{report.unchanged} unchanged, {report.kept} kept as edited"
    )
