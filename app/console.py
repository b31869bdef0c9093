"""Entry point of the `flask` command that `make` puts into `.venv/bin`, so that `flask --version` names this program first."""

from importlib.metadata import version
from platform import python_version

import click
from flask.cli import cli

from app.version import VERSION


def main() -> None:
    for option in cli.params:
        if option.name == "version":
            option.callback = show_version
    cli.main(prog_name="flask")


def show_version(ctx: click.Context, _option: click.Parameter, wanted: bool) -> None:
    if wanted and not ctx.resilient_parsing:
        click.echo(f"Pingzheng {VERSION}\nFlask {version('flask')}\nWerkzeug {version('werkzeug')}\nPython {python_version()}")
        ctx.exit()
