from pathlib import Path

import click
import pytest

from app import create_app
from app.core.db import db
from tests.kit.databases import Databases
from tests.kit.settings import make_settings


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_a_missing_secret_is_named_and_nothing_is_written(
    subtests: pytest.Subtests, databases: Databases, tmp_path: Path, kind: str
) -> None:
    for missing in ("DATA_KEY", "AUDIT_KEY", "CODE_MASTERS"):
        with subtests.test(missing=missing), databases.fresh(kind) as url:
            settings = make_settings(database_url=url, instance_path=tmp_path, **{missing.lower(): ""})
            with click.Context(click.Command("demo"), info_name="demo"):  # as an operator's command, not to serve
                app = create_app(settings)
            runner = app.test_cli_runner()

            ended = runner.invoke(args=["demo", "load"])

            assert ended.exit_code == 1
            assert f"{missing} is missing: run `flask keys init`" in ended.output
            assert isinstance(ended.exception, SystemExit)
            assert "H5106" not in runner.invoke(args=["institutions", "list"]).output
            with app.app_context():
                db.engine.dispose()


def test_a_database_that_is_not_migrated_is_said_in_a_sentence(tmp_path: Path) -> None:
    settings = make_settings(database_url=f"sqlite:///{tmp_path}/empty.sqlite3", instance_path=tmp_path)
    runner = create_app(settings).test_cli_runner()

    for arguments in (["demo", "load"], ["institutions", "list"], ["audit", "verify"], ["bureau", "init"]):
        ended = runner.invoke(args=arguments)

        assert ended.exit_code == 1
        assert "run `flask db upgrade`" in ended.output
        assert "SELECT" not in ended.output
