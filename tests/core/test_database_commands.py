import sqlite3
import tarfile
from pathlib import Path

import pytest
from flask import Flask

from app.core import blobs, clock, installation
from app.core.database import archive, backup, copying, restoring
from app.core.db import db, transaction
from app.core.keys.models import SecretCheck
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
            (unpacked / Path(member.name).name).write_bytes(opened.extractfile(member).read())  # type: ignore[union-attr]
    content = b"".join(p.read_bytes() for p in unpacked.rglob("*") if p.is_file())
    assert settings.data_key.encode() not in content
    assert sqlite3.connect(unpacked / archive.DATABASE_NAME).execute("SELECT count(*) FROM demo_sms").fetchone() == (20,)
