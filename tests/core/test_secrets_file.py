"""`secrets.env`: never half written, never two answers, and never made where nobody can tell what it would spoil."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import click
import pytest
from click.testing import Result
from flask import Flask

from app import create_app
from app.config import load_settings
from app.core import installation
from app.core.db import db
from app.core.keys.secrets_file import new_master, new_secret, read_secrets, secrets_path, write_secrets
from app.core.settings import settings
from tests.kit.ports import free_port
from tests.kit.settings import SECRETS, make_settings

NONE = dict.fromkeys(("secret_key", "data_key", "audit_key", "code_masters"), "")


def run(*arguments: str, **changes: Any) -> Result:
    """A command of this installation, whose settings are read when it starts."""
    with click.Context(click.Command("keys"), info_name="keys"):
        app = create_app(make_settings(**changes))
    with app.app_context():
        ended = app.test_cli_runner().invoke(args=list(arguments))
        db.session.remove()
    return ended


def test_a_database_that_cannot_be_reached_is_said_and_how_to_go_on(tmp_path: Path) -> None:
    url = f"postgresql://nobody@127.0.0.1:{free_port()}/none"

    refused = run("keys", "init", database_url=url, instance_path=tmp_path, **NONE)

    assert (
        refused.exit_code == 1 and "cannot be reached, so nobody can tell" in refused.output and "--new-database" in refused.output
    )
    assert not secrets_path(tmp_path).exists()
    made = run("keys", "init", "--new-database", database_url=url, instance_path=tmp_path, **NONE)
    assert made.exit_code == 0 and secrets_path(tmp_path).exists(), made.output


def test_the_first_secrets_make_no_database(tmp_path: Path) -> None:
    made = run("keys", "init", database_url=f"sqlite:///{tmp_path}/new.sqlite3", instance_path=tmp_path, **NONE)

    assert made.exit_code == 0 and "SECRET_KEY, DATA_KEY, AUDIT_KEY, CODE_MASTERS written" in made.output
    assert [path.name for path in tmp_path.iterdir()] == ["secrets.env"]


def test_two_who_make_secrets_at_once_make_one_set(tmp_path: Path) -> None:
    environ = {"PATH": os.environ["PATH"], "INSTANCE_PATH": str(tmp_path), "APP_MODE": "demo"}
    init = [sys.executable, "-m", "flask", "keys", "init"]

    both = [subprocess.Popen(init, env=environ, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True) for _ in range(2)]
    said = [process.communicate(timeout=300)[0] for process in both]

    assert [process.returncode for process in both] == [0, 0], said
    assert sum("written to" in out for out in said) == 1
    assert not load_settings(environ).problems()


def test_a_server_does_not_start_after_new_secrets_were_put_beside_its_database(app: Flask, database_url: str) -> None:
    installation.set_kind(settings.app_mode)
    db.session.remove()
    other = dict(SECRETS, DATA_KEY=new_secret())
    environ = {"PATH": os.environ["PATH"], "APP_MODE": "demo", "INSTANCE_PATH": str(settings.instance_path), "PORT": "0"}
    gunicorn = [sys.executable, "-m", "gunicorn", "wsgi:app"]

    process = subprocess.run(
        gunicorn, env={**environ, **other, "DATABASE_URL": database_url}, capture_output=True, text=True, timeout=120
    )

    assert process.returncode != 0 and "This database was made with another DATA_KEY: put back the secrets.env" in process.stderr
    assert "Traceback" not in process.stderr


def test_a_kill_leaves_the_old_file_or_the_new_one(tmp_path: Path) -> None:
    sets = [
        {"DATA_KEY": new_secret(), "CODE_MASTERS": ",".join(new_master("sha256", n) for n in range(size))} for size in (400, 900)
    ]
    write_secrets(tmp_path, sets[0])
    seen = []

    for number in range(20):
        child = os.fork()
        if child == 0:
            while True:
                write_secrets(tmp_path, sets[0])
                write_secrets(tmp_path, sets[1])
        time.sleep(0.002 * number)  # another moment each time; whichever it is, what is read must be whole
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
        seen.append(read_secrets(tmp_path))

    assert all(one in sets for one in seen)
    assert secrets_path(tmp_path).stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize("moment", ["before", "after"])
def test_a_rotation_killed_before_the_database_hears_of_it_goes_on(app: Flask, database_url: str, moment: str) -> None:
    """The file is written first: either it is the old one, or the next start tells the database."""
    installation.set_kind(settings.app_mode)
    db.session.remove()
    write_secrets(settings.instance_path, SECRETS)
    if moment == "after":
        write_secrets(settings.instance_path, {**SECRETS, "CODE_MASTERS": f"{new_master('sha256', 1)},{SECRETS['CODE_MASTERS']}:1"})

    changes = {"database_url": database_url, "instance_path": settings.instance_path}

    rotated = run("keys", "rotate", **changes, code_masters=read_secrets(settings.instance_path)["CODE_MASTERS"])

    assert rotated.exit_code == 0 and f"master {'m2' if moment == 'before' else 'm3'} draws" in rotated.output
    masters = read_secrets(settings.instance_path)["CODE_MASTERS"]
    later = run("doctor", **changes, code_masters=masters)
    assert later.exit_code == 0 and "CODE_MASTERS" not in later.output, later.output
