"""What every later version must keep: released migrations as they were, and later ones that an older program survives."""

import ast
import gzip
import hashlib
import inspect
import re
import sqlite3
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from alembic.script import Script, ScriptDirectory
from sqlalchemy import DateTime

import app.core.db
from app.core.database.release import read_version
from app.version import VERSION

ROOT = Path(__file__).parents[2]
VERSIONS = ROOT / "migrations" / "versions"
RELEASES = ROOT / "tests" / "upgrade"
GROUND = "0001"


def _scripts() -> list[Script]:
    """Oldest first."""
    return list(ScriptDirectory(str(ROOT / "migrations")).walk_revisions())[::-1]


def _later() -> list[Script]:
    return [script for script in _scripts() if script.revision != GROUND]


def _released() -> dict[str, tuple[str, str]]:
    """version and digest by file name."""
    lines = [line.split() for line in (Path(__file__).parent / "released-migrations.txt").read_text().splitlines()]
    return {name: (version, digest) for version, digest, name in (line for line in lines if line[0] != "#")}


def _calls(path: Path, name: str) -> Iterator[ast.Call]:
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Call) and getattr(node.func, "attr", getattr(node.func, "id", "")) == name:
            yield node


def _keyword(call: ast.Call, name: str) -> ast.expr | None:
    return next((keyword.value for keyword in call.keywords if keyword.arg == name), None)


def test_released_migrations_are_what_they_were() -> None:
    found = {name: hashlib.sha256((VERSIONS / name).read_bytes()).hexdigest() for name in _released()}

    assert found == {name: digest for name, (_version, digest) in _released().items()}


def test_each_release_left_a_filled_database_at_a_released_migration(tmp_path: Path) -> None:
    released = {script.revision for script in _scripts() if Path(script.path).name in _released()}

    for folder in sorted(RELEASES.glob("*.*.*")):
        file = tmp_path / folder.name
        file.write_bytes(gzip.decompress((folder / "database.sqlite3.gz").read_bytes()))
        with sqlite3.connect(file) as connection:
            (revision,) = connection.execute("SELECT version_num FROM alembic_version").fetchone()
        connection.close()
        assert revision in released, f"{folder.name} is released, but migration {revision} is not in released-migrations.txt"
    assert {version for version, _digest in _released().values()} == {folder.name for folder in RELEASES.glob("*.*.*")}


def test_the_ground_finds_what_it_imports_for_ever() -> None:
    text = (VERSIONS / "0001_the_ground.py").read_text()

    assert set(re.findall(r"app\.core\.db\.\w+\([^)]*\)", text)) == {"app.core.db.UtcDateTime(timezone=True)"}
    made = app.core.db.UtcDateTime(timezone=True)
    assert isinstance(made.impl, DateTime) and made.impl.timezone
    assert set(re.findall(r"^import app.*|^from app.*", text, re.MULTILINE)) == {"import app.core.db"}


def test_there_is_one_line_of_migrations_in_the_order_of_time() -> None:
    revisions = [script.revision for script in _scripts()]

    assert revisions[0] == GROUND
    assert revisions == [GROUND, *sorted(revisions[1:])]
    assert len(ScriptDirectory(str(ROOT / "migrations")).get_heads()) == 1


def test_later_migrations_are_named_by_their_minute_and_say_why() -> None:
    for script in _later():
        name = Path(script.path).name
        stamp = re.fullmatch(r"(\d{8})_(\d{4})_[a-z_]+\.py", name)
        assert stamp and script.revision == stamp[1] + stamp[2], name
        assert datetime.strptime(script.revision, "%Y%m%d%H%M").replace(tzinfo=UTC)
        assert inspect.getdoc(script.module), name


def test_later_migrations_import_nothing_of_the_program() -> None:
    """What they need of it today will mean something else in a later version."""
    for script in _later():
        imported = [
            alias.name if isinstance(node, ast.Import) else str(node.module)
            for node in ast.walk(ast.parse(Path(script.path).read_text()))
            if isinstance(node, ast.Import | ast.ImportFrom)
            for alias in node.names
        ]
        assert [name for name in imported if name.split(".")[0] in ("app", "tests")] == [], script.path


def test_each_later_migration_says_which_program_may_still_serve() -> None:
    said = [read_version(script.module.oldest_program) for script in _later()]

    assert said == sorted(said), "who may serve never becomes older"
    assert all(version <= read_version(VERSION) for version in said)


def test_no_later_migration_admits_an_older_program_than_the_one_before() -> None:
    """The row in the database is the last one's word."""
    said = [read_version(script.module.oldest_program) for script in _later()]

    assert said == sorted(said)


def test_a_required_column_that_is_added_has_a_default_in_the_database() -> None:
    """Rows are there already, and an older program writes rows that know nothing of it."""
    for script in _later():
        for call in _calls(Path(script.path), "add_column"):
            column = next(arg for arg in call.args if isinstance(arg, ast.Call))
            nullable = _keyword(column, "nullable")
            is_required = isinstance(nullable, ast.Constant) and nullable.value is False
            assert not is_required or _keyword(column, "server_default") is not None, ast.unparse(call)
