from datetime import timedelta

from flask import Flask

from app.config import Mode
from app.core import clock, installation
from app.core.settings import settings
from app.regions.queries import list_agencies


def test_the_first_run_makes_a_real_bureau(app: Flask) -> None:
    ended = app.test_cli_runner().invoke(args=["bureau", "init"])

    assert ended.exit_code == 0, ended.output
    assert installation.find_kind() is Mode.production
    assert sum(len(agency.hotlines) for agency in list_agencies()) >= 8


def test_a_demo_database_becomes_no_real_bureau(app: Flask) -> None:
    installation.set_kind(Mode.demo)

    ended = app.test_cli_runner().invoke(args=["bureau", "init"])

    assert ended.exit_code == 1
    assert "is a demo database" in ended.output


def test_doctor_names_hotlines_nobody_has_rung_for_long(app: Flask) -> None:
    app.test_cli_runner().invoke(args=["demo", "start"])

    ended = app.test_cli_runner().invoke(args=["doctor"])

    assert ended.exit_code == 0, ended.output
    assert "0838-2208900" in ended.output
    assert "nothing must be mended" in ended.output


def test_doctor_says_what_must_be_mended(app: Flask) -> None:
    installation.set_kind(Mode.production)
    secrets = settings.instance_path / "secrets.env"
    secrets.write_text("SECRET_KEY=x\n")
    secrets.chmod(0o644)
    clock.move(timedelta(days=1))

    ended = app.test_cli_runner().invoke(args=["doctor"])

    assert ended.exit_code == 1
    assert "chmod 600" in ended.output
    assert "cannot be served in demo mode" in ended.output
