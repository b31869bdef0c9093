"""An upgrade that ends in the middle leaves the database as it was before that migration, and the next try works."""

import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import Result
from flask import Flask
from sqlalchemy import event, inspect, text

from app import create_app
from app.core.database import fitness
from app.core.database.release import find_oldest_program
from app.core.db import Base, db, schema_changes
from tests.kit.settings import demo_environ, make_settings

MIGRATIONS = Path(__file__).parents[2] / "migrations"
NEXT = "209901010000"
REGION = {"code": "510600", "name": "德阳市", "level": "city", "is_insured_region": False}
_WITHIN_SECONDS = 60.0
MIGRATION = '''
"""A migration of a version to come"""

import os
import time
from pathlib import Path

import sqlalchemy as sa
from alembic import op

revision = "{revision}"
down_revision = "{previous}"
branch_labels = depends_on = None
oldest_program = "0.2.0"


def upgrade():
    op.create_table("half_done", sa.Column("id", sa.Integer, primary_key=True), sa.Column("words", sa.Text, nullable=False))
    with op.batch_alter_table("region") as table:
        table.add_column(sa.Column("half", sa.Integer, nullable=False, server_default="0"))
        table.create_index("ix_region_half", ["half"])
    op.execute("INSERT INTO half_done (id, words) VALUES (1, 'one')")
    {middle}
    op.execute("INSERT INTO half_done (id, words) VALUES (2, 'two')")


def downgrade():
    raise NotImplementedError
'''
UPGRADE = """
import sys
from app import create_app
from app.config import load_settings

app = create_app(load_settings())
app.extensions["migrate"].directory = app.extensions["migrate"].migrate.directory = sys.argv[1]
ended = app.test_cli_runner().invoke(args=["db", "upgrade"])
sys.exit(ended.exit_code and ended.output)
"""
WAITS = 'Path(os.environ["REACHED"]).touch(); [time.sleep(0.05) for _ in iter(lambda: os.environ.get("GOES_ON"), "1")]'
FAILS = 'op.execute("INSERT INTO half_done (id, words) VALUES (3, NULL)")'
FILLS = "op.execute(\"UPDATE half_done SET words = '\" + 'x' * 2_000_000 + \"'\")"
ANEW = "exec(\"with op.batch_alter_table('region', recreate='always') as t: t.alter_column('name', type_=sa.Text)\")"


@pytest.fixture
def app(database_url: str, tmp_path: Path) -> Iterator[Flask]:
    """On a database at this version."""
    made = create_app(make_settings(database_url=database_url, instance_path=tmp_path))
    keeper = made.extensions["migrate"].migrate  # the program's only one
    own = keeper.directory
    with made.app_context():
        yield made
        db.session.remove()
        db.engine.dispose()
    keeper.directory = own


def next_version(app: Flask, folder: Path, middle: str) -> Path:
    """From now on the app has the migrations of this version and one more, which does `middle` in its middle."""
    migrations = folder / "migrations"
    shutil.copytree(MIGRATIONS, migrations, ignore=shutil.ignore_patterns("__pycache__"), dirs_exist_ok=True)
    content = MIGRATION.format(revision=NEXT, previous=fitness.find_revision(), middle=middle)
    (migrations / "versions" / "next.py").write_text(content.lstrip())
    app.extensions["migrate"].directory = app.extensions["migrate"].migrate.directory = str(migrations)
    return migrations


def upgrade(app: Flask) -> Result:
    return app.test_cli_runner().invoke(args=["db", "upgrade"])


def assert_as_before(revision: str) -> None:
    """Not a trace of the migration that ended in its middle."""
    db.session.remove()
    assert fitness.find_revision() == revision
    schema = inspect(db.engine)
    assert not schema.has_table("half_done")
    assert "half" not in {column["name"] for column in schema.get_columns("region")}
    assert "ix_region_half" not in {index["name"] for index in schema.get_indexes("region")}


def assert_done() -> None:
    assert fitness.find_revision() == NEXT
    with db.engine.connect() as connection:
        assert connection.scalar(text("SELECT count(*) FROM half_done")) == 2
        assert find_oldest_program(connection) == "0.2.0"


def test_a_killed_upgrade_leaves_nothing_and_the_next_one_is_whole(app: Flask, tmp_path: Path) -> None:
    before = fitness.find_revision()
    migrations = next_version(app, tmp_path, WAITS)
    environ = demo_environ(app.config["SETTINGS"].database_url, tmp_path, REACHED=str(tmp_path / "reached"))
    process = subprocess.Popen([sys.executable, "-c", UPGRADE, migrations], env=environ, stderr=subprocess.PIPE)
    deadline = time.monotonic() + _WITHIN_SECONDS
    while not (tmp_path / "reached").exists():
        assert process.poll() is None and time.monotonic() < deadline, process.communicate()
        time.sleep(0.05)

    process.kill()
    process.communicate()

    assert_as_before(before)
    assert "run `flask db upgrade`" in fitness.examine().problem
    again = subprocess.run([sys.executable, "-c", UPGRADE, migrations], env={**environ, "GOES_ON": "1"}, timeout=120)
    assert again.returncode == 0
    assert_done()


def test_a_migration_that_fails_leaves_nothing_and_says_so(app: Flask, tmp_path: Path) -> None:
    before = fitness.find_revision()
    next_version(app, tmp_path, FAILS)

    ended = upgrade(app)

    assert (ended.exit_code, ended.output.count("\n")) == (1, 1), ended.output
    assert f"left the database at migration {before}, whole" in ended.output and "flask db upgrade" in ended.output
    assert_as_before(before)
    next_version(app, tmp_path, "pass")
    assert upgrade(app).exit_code == 0
    assert_done()


@pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)
def test_a_full_disk_is_said_and_the_next_try_works(app: Flask, tmp_path: Path) -> None:
    """SQLite's own limit of pages stands for the disk: the same error at the same place."""
    before = fitness.find_revision()
    next_version(app, tmp_path, FILLS)
    with db.engine.connect() as connection:
        pages = connection.exec_driver_sql("PRAGMA page_count").scalar_one()
    db.engine.dispose()
    limit = {"pages": pages + 100}
    event.listen(db.engine, "connect", lambda raw, _: raw.execute(f"PRAGMA max_page_count={limit['pages']}"))

    ended = upgrade(app)

    assert (ended.exit_code, ended.output.count("\n")) == (1, 1), ended.output
    assert "database or disk is full" in ended.output and "run `flask db upgrade` again" in ended.output
    assert_as_before(before)
    limit["pages"] = pages + 10_000
    db.engine.dispose()
    assert upgrade(app).exit_code == 0
    assert_done()


@pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)
def test_a_table_written_anew_keeps_what_points_to_it(app: Flask, tmp_path: Path) -> None:
    """SQLite's way to change a column is to drop the table; with foreign keys at work the rows below it would go too."""
    with schema_changes(), db.engine.begin() as connection:
        connection.execute(text("CREATE TABLE child (id INTEGER PRIMARY KEY, code TEXT REFERENCES region(code) ON DELETE CASCADE)"))
        connection.execute(Base.metadata.tables["region"].insert(), [REGION])
        connection.execute(text("INSERT INTO child VALUES (1, :code)"), {"code": REGION["code"]})
    next_version(app, tmp_path, ANEW)

    assert upgrade(app).exit_code == 0

    with db.engine.connect() as connection:
        assert connection.scalar(text("SELECT count(*) FROM child")) == 1
        assert connection.exec_driver_sql("PRAGMA foreign_keys").scalar() == 1


def test_a_migration_that_says_nothing_of_older_programs_is_not_run(app: Flask, tmp_path: Path) -> None:
    before = fitness.find_revision()
    file = next_version(app, tmp_path, "pass") / "versions" / "next.py"
    file.write_text(file.read_text().replace('oldest_program = "0.2.0"', ""))

    ended = upgrade(app)

    assert ended.exit_code == 1 and "does not say which program may still serve it" in ended.output
    assert_as_before(before)
