"""The database and what lies beside it are their owner's alone, whatever the umask of who runs a command."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask

from app.core import audit
from app.core.audit.seal import head_path, seal_pending
from app.core.audit_tags import InstallationTag
from app.core.database.copying import open_engine
from app.core.db import schema_changes, transaction


@pytest.fixture(autouse=True)
def usual_umask() -> Iterator[None]:
    """As a shell has it."""
    before = os.umask(0o022)
    yield
    os.umask(before)


def mode(path: Path) -> str:
    return oct(path.stat().st_mode & 0o777)


def test_a_new_database_and_its_journals_are_private(tmp_path: Path) -> None:
    engine = open_engine(f"sqlite:///{tmp_path}/new.sqlite3")

    with schema_changes(), engine.begin() as connection:
        connection.exec_driver_sql("CREATE TABLE t (n INTEGER)")
        modes = {path.name: mode(path) for path in tmp_path.iterdir()}

    engine.dispose()
    assert modes == dict.fromkeys(["new.sqlite3", "new.sqlite3-wal", "new.sqlite3-shm"], "0o600")


def test_the_head_of_the_audit_chain_is_private_also_after_a_wider_one(app: Flask) -> None:
    head_path().write_text("{}")
    head_path().with_suffix(".new").write_text("left behind by a crash")
    with transaction():
        audit.record(InstallationTag.named, actor="system", subject="installation:1")

    seal_pending()

    assert mode(head_path()) == "0o600" and '"number": 1' in head_path().read_text()
