from dataclasses import Field
from enum import StrEnum
from pathlib import Path
from typing import Any

import click
from flask import current_app
from flask.cli import AppGroup

from app.config.checks import bounds_text
from app.config.document import default_of, settings_document
from app.config.fields import Setting, settings_of
from app.config.rules import without_password
from app.config.settings import Settings
from app.config.values import GROUPS

group = AppGroup("config", help="The settings: what they are, what they may be, and whether a start would take them.")


@group.command("list")
@click.option("--markdown", is_flag=True, help="Print docs/settings.md instead, which knows no values.")
def list_settings(markdown: bool) -> None:
    """Prints each setting's value, default, bounds and meaning. Refuses in the words of a start; needs no database."""
    if markdown:
        click.echo(settings_document(Path(current_app.root_path)), nl=False)
        return
    settings: Settings = current_app.config["SETTINGS"]
    settings.refuse_problems()
    for cls, heading, _ in GROUPS:
        click.echo(f"# {heading}\n")
        for name, (one, setting) in settings_of(cls).items():
            click.echo(f"{name}={_shown(getattr(settings, one.name), setting)}")
            click.echo(f"    {setting.en}")
            click.echo(f"    {_limits(one, setting)}\n")


def _shown(value: Any, setting: Setting) -> str:
    if setting.is_secret:
        return "(set)" if value else "(not set)"
    if isinstance(value, bool):
        return "1" if value else "0"
    return without_password(str(value)) if value != "" else "(not set)"


def _limits(one: Field[Any], setting: Setting) -> str:
    """Default and bounds in one line."""
    default = "" if setting.is_secret else _shown(default_of(one), setting)
    parts = [f"default {default}" if default and default != "(not set)" else "no default"]
    if setting.high is not None:
        parts.append(bounds_text(setting))
    elif isinstance(one.type, type) and issubclass(one.type, StrEnum):
        parts.append(" or ".join(one.type))
    elif one.type is bool:
        parts.append("1 or 0")
    elif setting.own:
        parts.append(" or ".join(setting.own) + f", or an entry point of {setting.group}")
    elif setting.grammar:
        parts.append(f"text {setting.grammar.mend}")
    else:
        parts.append("secret" if setting.is_secret else "text")
    return "; ".join(parts)
