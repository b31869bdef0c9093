"""A schema that does not fit is refused by the start, `/readyz` and `flask doctor` alike, and each says what is wrong with it."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import text

from app import create_app
from app.config import SettingsError
from app.core import clock
from app.core.database import fitness
from app.core.db import db, schema_changes
from app.version import VERSION
from tests.kit.apps import check_for_serving
from tests.kit.databases import Databases
from tests.kit.settings import make_settings

AFTER_ALL = "209912312359"


@pytest.fixture
def migrated(database_url: str, tmp_path: Path) -> Iterator[Flask]:
    with serving(database_url, tmp_path) as app:
        yield app
        change("DROP TABLE IF EXISTS demo_sms")  # so that no other test is given a database that was spoilt


@contextmanager
def serving(url: str, instance: Path) -> Iterator[Flask]:
    app = create_app(make_settings(database_url=url, instance_path=instance))
    clock.reset()
    with app.app_context():
        yield app
        db.session.remove()
        db.engine.dispose()


def change(*statements: str) -> None:
    db.session.remove()
    with schema_changes(), db.engine.begin() as connection:
        for statement in statements:
            connection.execute(text(statement))


def be_at(revision: str, *, oldest_program: str) -> None:
    """As a later version would leave it."""
    change(
        f"UPDATE alembic_version SET version_num = '{revision}'",
        f"UPDATE database_release SET oldest_program = '{oldest_program}'",
    )


def answers(app: Flask) -> tuple[str, Any, str]:
    """What the start says when it refuses, what `/readyz` answers, and what doctor prints."""
    db.session.remove()
    refused = ""
    try:
        check_for_serving(app)
    except SettingsError as error:
        refused = str(error)
    ready = app.test_client().get("/readyz")
    printed = app.test_cli_runner().invoke(args=["doctor"]).output
    db.session.remove()
    return refused, (ready.status_code, ready.text), printed


def assert_refused(app: Flask, *words: str) -> None:
    refused, (status, ready), doctor = answers(app)

    assert refused and refused.count("\n") == 0
    assert (status, ready.strip()) == (503, refused)
    assert f"mend   {refused}" in doctor
    for word in words:
        assert word in refused


def test_what_is_missing_is_named_whatever_the_migration_says(migrated: Flask) -> None:
    check_for_serving(migrated)
    assert migrated.test_client().get("/readyz").text == "ready\n"
    migrated.extensions.pop("database_fitness")  # some seconds pass

    change("ALTER TABLE daily_figure DROP COLUMN spread")
    assert_refused(migrated, "lacks column daily_figure.spread:")
    change("DROP INDEX uq_slip_open")
    assert_refused(migrated, "column daily_figure.spread, index uq_slip_open")
    change("DROP TABLE demo_sms")
    assert_refused(migrated, "daily_figure.spread", "uq_slip_open", "table demo_sms")

    ended = migrated.test_cli_runner().invoke(args=["db", "upgrade"])
    assert ended.exit_code == 1 and "lacks" in ended.output


def test_a_lost_unique_constraint_is_named(migrated: Flask) -> None:
    if db.engine.dialect.name == "postgresql":
        change("ALTER TABLE use_denial DROP CONSTRAINT uq_use_denial_scan_id")
    else:
        change(
            "PRAGMA writable_schema=ON",
            "UPDATE sqlite_master SET sql = replace(sql, 'CONSTRAINT uq_use_denial_scan_id ', '') WHERE name = 'use_denial'",
        )
        db.engine.dispose()

    assert_refused(migrated, "index uq_use_denial_scan_id")


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_a_database_without_a_table_is_not_served(databases: Databases, tmp_path: Path, kind: str) -> None:
    with databases.bare(kind) as url, serving(url, tmp_path) as app:
        assert_refused(app, "not migrated", "run `flask db upgrade`")


def test_a_database_that_is_behind_is_not_served(migrated: Flask) -> None:
    ended = migrated.test_cli_runner().invoke(args=["db", "downgrade", "0001"])
    assert ended.exit_code == 0, ended.output

    assert_refused(migrated, "at migration 0001", "run `flask db upgrade`")


def test_a_newer_database_is_served_while_it_names_this_version(migrated: Flask) -> None:
    be_at(AFTER_ALL, oldest_program=VERSION)

    refused, (status, ready), doctor = answers(migrated)

    assert refused == ""
    assert status == 200 and ready.startswith("ready\n") and f"newer (migration {AFTER_ALL})" in ready
    assert f"newer (migration {AFTER_ALL})" in doctor and "nothing must be mended" in doctor
    ended = migrated.test_cli_runner().invoke(args=["db", "upgrade"])
    assert ended.exit_code == 0 and "nothing to do" in ended.output, "the older one of two releases starts again meanwhile"


def test_a_newer_database_that_lacks_a_column_is_not_served(migrated: Flask) -> None:
    be_at(AFTER_ALL, oldest_program=VERSION)
    change("ALTER TABLE daily_figure DROP COLUMN spread")

    assert_refused(migrated, "column daily_figure.spread")


def test_a_newer_database_that_names_a_later_version_is_not_served(migrated: Flask) -> None:
    be_at(AFTER_ALL, oldest_program="99.10.0")

    assert_refused(migrated, "version 99.10.0 or newer", VERSION)
    ended = migrated.test_cli_runner().invoke(args=["db", "upgrade"])
    assert ended.exit_code == 1 and "version 99.10.0 or newer" in ended.output


def test_a_migration_nobody_knows_is_said_in_a_sentence(migrated: Flask) -> None:
    change(f"UPDATE alembic_version SET version_num = '{AFTER_ALL}'", "DROP TABLE database_release")

    assert_refused(migrated, f"at migration {AFTER_ALL}, which this program ({VERSION}) does not know", "DATABASE_URL")
    ended = migrated.test_cli_runner().invoke(args=["db", "upgrade"])
    assert ended.exit_code == 1 and ended.output.count("\n") == 1 and "does not know" in ended.output


def test_what_was_looked_at_a_moment_ago_is_not_read_again(migrated: Flask) -> None:
    assert fitness.examine_lately() is fitness.examine_lately()

    be_at(AFTER_ALL, oldest_program="99.10.0")

    assert fitness.examine_lately().problem
