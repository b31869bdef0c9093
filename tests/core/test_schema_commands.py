"""What `flask db` offers, and that no command empties a bureau by a slip of the hand."""

import os
import pty
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import click
import flask_migrate
import pytest
from click.testing import Result
from flask import Flask
from sqlalchemy import func, select

from app import create_app
from app.config import Mode
from app.core import clock, installation
from app.core.database.emptying import database_name
from app.core.database.schema_commands import IN_PRODUCTION
from app.core.db import db, transaction
from app.core.settings import settings
from app.messages.models import DemoSms
from tests.core.test_settings import REAL_FIELDS
from tests.kit.settings import demo_environ, make_settings

FORBIDDEN = (
    ("downgrade",),
    ("downgrade", "base"),
    ("stamp", "base"),
    ("revision",),
    ("migrate",),
    ("merge",),
    ("edit",),
    ("init",),
)


@pytest.fixture
def real(database_url: str, tmp_path: Path) -> Iterator[Flask]:
    """A real bureau's installation, filled."""
    changes = {"app_mode": Mode.production, **REAL_FIELDS}
    app = create_app(make_settings(database_url=database_url, instance_path=tmp_path, **changes))
    with app.app_context():
        installation.set_kind(Mode.production)
        fill()
        yield app
        db.session.remove()
        db.engine.dispose()


def fill() -> None:
    with transaction():
        db.session.add(DemoSms(phone_hash=bytes(32), text="一条短信", sent_at=clock.now()))


def run(app: Flask, *arguments: str) -> Result:
    return app.test_cli_runner().invoke(args=list(arguments))


def count() -> int:
    db.session.rollback()
    return db.session.scalar(select(func.count()).select_from(DemoSms)) or 0


def test_production_offers_the_way_forward_alone(real: Flask) -> None:
    ended = run(real, "db", "--help")

    listed = [line.split()[0] for line in ended.output.partition("Commands:")[2].splitlines() if line.strip()]
    assert sorted(listed) == sorted(IN_PRODUCTION) == ["check", "current", "heads", "history", "upgrade"]
    for command in IN_PRODUCTION:
        assert run(real, "db", command).exit_code == 0, command


def test_production_refuses_all_else_in_a_sentence(real: Flask) -> None:
    for arguments in FORBIDDEN:
        ended = run(real, "db", *arguments)

        assert (ended.exit_code, ended.output.count("\n")) == (1, 1), (arguments, ended.output)
        assert f"`flask db {arguments[0]}` is not for production" in ended.output
    assert count() == 1


@pytest.mark.parametrize("back", [lambda: flask_migrate.downgrade(revision="0001"), lambda: flask_migrate.stamp(revision="0001")])
def test_in_production_no_migration_is_taken_back_by_whatever_way(real: Flask, back: object) -> None:
    assert callable(back)

    with pytest.raises(SystemExit):
        back()

    assert count() == 1
    assert run(real, "db", "check").exit_code == 0


def test_the_ground_is_never_taken_back(app: Flask) -> None:
    fill()

    ended = run(app, "db", "downgrade", "base", "--yes-empty", database_name())

    assert (ended.exit_code, ended.output.count("\n")) == (1, 1)
    assert "0001 is never taken back" in ended.output
    assert count() == 1
    assert run(app, "db", "check").exit_code == 0, "not even the later ones were taken back before it was refused"


def test_a_filled_database_is_emptied_by_its_name_alone(app: Flask) -> None:
    assert run(app, "demo", "load").exit_code == 0
    for arguments in (["demo", "load", "--reset"], ["db", "downgrade", "0001"]):
        fill()
        for wrong in ([], ["--yes-empty", "pingzheng"], ["--yes-empty", settings.database_url]):
            ended = run(app, *arguments, *wrong)

            assert (ended.exit_code, ended.output.count("\n")) == (1, 1), ended.output
            assert f"--yes-empty {database_name()}" in ended.output
            assert count() >= 1

        assert run(app, *arguments, "--yes-empty", database_name()).exit_code == 0
        assert run(app, "db", "upgrade").exit_code == 0


@pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)
def test_at_a_terminal_the_name_is_asked_for(app: Flask) -> None:
    fill()
    installation.set_kind(Mode.demo)
    name = database_name()

    refused = run_at_terminal("yes", "demo", "load", "--reset")

    assert refused.returncode == 1
    assert f"empties the database {name}. Type its name" in refused.stdout and "was left alone" in refused.stderr
    assert count() == 1
    assert run_at_terminal(name, "demo", "load", "--reset").returncode == 0
    assert count() == 0


def run_at_terminal(typed: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    """An operator's command with a real terminal for its input."""
    environ = demo_environ(settings.database_url, settings.instance_path)
    keyboard, terminal = pty.openpty()
    os.write(keyboard, f"{typed}\n".encode())
    try:
        return subprocess.run(
            [sys.executable, "-m", "flask", *arguments], stdin=terminal, env=environ, capture_output=True, text=True, timeout=120
        )
    finally:
        os.close(keyboard)
        os.close(terminal)


def test_an_empty_database_needs_no_name(app: Flask) -> None:
    assert run(app, "demo", "load", "--reset").exit_code == 0


def test_a_real_bureaus_database_takes_no_demo_whatever_is_typed(real: Flask) -> None:
    for arguments in (["demo", "load"], ["demo", "load", "--reset", "--yes-empty", database_name()]):
        ended = run(real, *arguments)

        assert ended.exit_code == 1 and "real bureau" in ended.output
    assert count() == 1


def test_a_production_installation_that_is_still_empty_takes_no_demo(database_url: str, tmp_path: Path) -> None:
    with click.Context(click.Command("demo"), info_name="demo"):
        app = create_app(make_settings(database_url=database_url, instance_path=tmp_path, app_mode=Mode.production))

    ended = run(app, "demo", "load")

    assert ended.exit_code == 1 and "production installation" in ended.output
    with app.app_context():
        assert installation.find_kind() is None
        db.session.remove()
        db.engine.dispose()
