import sqlite3
import tarfile
from datetime import timedelta
from pathlib import Path

import pytest
from click.testing import Result
from flask import Flask
from sqlalchemy import text

from app.core import blobs, clock, installation
from app.core.database import archive, backup, copying, restoring
from app.core.db import db, schema_changes, transaction
from app.core.jobs.workers import note_seen
from app.core.keys.models import SecretCheck
from app.core.locks import BACKGROUND, Lock, number_of
from app.core.settings import settings
from app.messages.models import DemoSms
from tests.kit.databases import Databases


@pytest.fixture
def filled(app: Flask) -> Flask:
    installation.set_kind(settings.app_mode)
    with transaction():
        db.session.add_all([DemoSms(phone_hash=bytes([n]) * 32, text=f"短信 {n} 㛃䶮𬭚", sent_at=clock.now()) for n in range(20)])
    return app


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_a_database_is_copied_whole_into_either_kind(filled: Flask, databases: Databases, kind: str) -> None:
    with databases.fresh(kind) as url:
        target = copying.open_engine(url)

        rows = copying.copy_database(db.engine, target)

        assert rows == copying.count_rows(target) == 25  # the texts, the installation and a check value of each secret
        target.dispose()


def test_a_database_with_rows_is_not_overwritten(filled: Flask) -> None:
    with pytest.raises(copying.NotEmpty):
        copying.copy_database(db.engine, db.engine)


def test_a_backup_comes_back_into_an_empty_database(filled: Flask, tmp_path: Path) -> None:
    target = tmp_path / "backup.tar.gz"
    blobs.put("pages/a", b"sealed")

    made = backup.create_backup(target)
    blobs.delete("pages/a")
    with transaction():
        db.session.query(DemoSms).delete()
        db.session.query(installation.Installation).delete()
        db.session.query(SecretCheck).delete()
    restored = restoring.restore_backup(target)

    assert made.rows == restored.rows == 25
    assert blobs.get("pages/a") == b"sealed"
    assert target.stat().st_mode & 0o777 == 0o600


def test_a_backup_never_overwrites_a_file(filled: Flask, tmp_path: Path) -> None:
    target = tmp_path / "taken"
    target.write_text("mine")

    with pytest.raises(FileExistsError):
        backup.create_backup(target)


def test_a_backup_holds_no_secret(filled: Flask, tmp_path: Path) -> None:
    backup.create_backup(tmp_path / "b.tar.gz")

    unpacked = tmp_path / "unpacked"
    unpacked.mkdir()
    with tarfile.open(tmp_path / "b.tar.gz") as opened:
        for member in opened:
            (unpacked / Path(member.name).name).write_bytes(opened.extractfile(member).read())
    content = b"".join(p.read_bytes() for p in unpacked.rglob("*") if p.is_file())
    assert settings.data_key.encode() not in content
    assert sqlite3.connect(unpacked / archive.DATABASE_NAME).execute("SELECT count(*) FROM demo_sms").fetchone() == (20,)


def copy_to(app: Flask, url: str) -> Result:
    db.session.remove()
    return app.test_cli_runner().invoke(args=["database", "copy", "--to", url])


def test_a_target_without_tables_is_told_which_step_it_lacks(filled: Flask, tmp_path: Path) -> None:
    ended = copy_to(filled, f"sqlite:///{tmp_path / 'bare.sqlite3'}")

    assert ended.exit_code == 1
    assert "the target has no tables yet: run `DATABASE_URL=<the target> flask db upgrade`" in ended.stderr


def test_a_target_with_rows_is_left_alone(filled: Flask, databases: Databases) -> None:
    with databases.fresh("sqlite") as url:
        first, second = copy_to(filled, url), copy_to(filled, url)

    assert first.exit_code == 0 and "25 rows copied" in first.output
    assert second.exit_code == 1 and "the target is not empty" in second.stderr


def test_nothing_is_copied_while_the_web_server_serves(filled: Flask, databases: Databases) -> None:
    """Every web server takes part in the election, and one of them always holds the office."""
    office = Lock(BACKGROUND)
    with databases.fresh("sqlite") as url:
        assert office.take()
        served = copy_to(filled, url)
        office.release()
        stopped = copy_to(filled, url)

    assert served.exit_code == 1 and "the web server of this installation is running: stop it first" in served.stderr
    assert stopped.exit_code == 0, stopped.output


def test_nothing_is_copied_while_a_process_for_jobs_is_alive(filled: Flask, databases: Databases) -> None:
    note_seen("somewhere:1")
    with databases.fresh("sqlite") as url:
        alive = copy_to(filled, url)
        clock.move(timedelta(minutes=1))
        gone = copy_to(filled, url)

        target = copying.open_engine(url)
        assert copying.count_rows(target) == 25, "who was alive is not copied"
        target.dispose()
    assert alive.exit_code == 1 and "stop `flask jobs run`; if it has ended already, wait 41 seconds" in alive.stderr
    assert gone.exit_code == 0, gone.output


def test_a_postgresql_target_that_is_served_or_written_into_is_left_alone(filled: Flask, databases: Databases) -> None:
    with databases.fresh("postgresql") as url:
        other = copying.open_engine(url)
        with schema_changes(), other.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.execute(text(f"SELECT pg_advisory_lock({number_of(BACKGROUND)})"))
            served = copy_to(filled, url)
        other.dispose()
        with schema_changes(), other.begin() as writing:
            writing.execute(text("SELECT pg_current_xact_id()"))
            written = copy_to(filled, url)
        other.dispose()

    assert served.exit_code == 1 and "a web server is running on the target: stop it first" in served.stderr
    assert written.exit_code == 1 and "another program is writing into the target" in written.stderr
