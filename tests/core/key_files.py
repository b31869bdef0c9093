"""A bureau whose secrets lie in the instance folder, and what its processes and its operator do about them."""

from dataclasses import replace

from click.testing import Result
from flask import Flask

from app.config import Mode
from app.core import installation
from app.core.crypto import Vault
from app.core.db import db
from app.core.keys.secrets_file import read_secrets, write_secrets
from app.core.settings import settings
from tests.kit.settings import SECRETS


def keep_secrets() -> None:
    """Of a demo bureau."""
    installation.set_kind(Mode.demo)
    write_secrets(settings.instance_path, dict(SECRETS))


def run(app: Flask, *arguments: str) -> Result:
    db.session.remove()
    return app.test_cli_runner().invoke(args=["keys", *arguments])


def restart(app: Flask) -> None:
    """What a process does that starts now: it reads secrets.env."""
    db.session.remove()
    known = {name.lower(): value for name, value in read_secrets(settings.instance_path).items()}
    app.config["SETTINGS"] = replace(app.config["SETTINGS"], **known)
    app.extensions["vault"] = Vault(settings.data_keys, settings.carried)
    app.extensions.pop("session_serializers", None)
