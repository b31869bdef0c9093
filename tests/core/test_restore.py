"""A restore says in one sentence what is wrong, harms nothing, and goes on where it was broken off."""

import hashlib
import json
from dataclasses import replace
from pathlib import Path

import pytest
from click.testing import Result
from flask import Flask

from app.config import Mode, SettingsError
from app.core import blobs, clock, installation
from app.core.database.copying import count_rows
from app.core.database.restoring import ROOM
from app.core.database.workroom import workroom
from app.core.db import db, transaction
from app.core.locks import exclusive
from app.messages.models import DemoSms
from tests.kit.apps import check_for_serving
from tests.kit.databases import Databases
from tests.kit.lost_bureau import assert_whole, back_up, bureau, fill_bureau
from tests.kit.small_disk import small_disk

DOCUMENTS = 12


@pytest.fixture(scope="module")
def made(databases: Databases, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, int]:
    """A backup of a bureau that is lost, and how many rows are in it."""
    folder = tmp_path_factory.mktemp("lost")
    target = folder / "backup.tar.gz"
    with databases.fresh("sqlite") as url, bureau(url, folder / "old"):
        fill_bureau(rows=200, documents=DOCUMENTS)
        return target, back_up(target)


def restore(app: Flask, source: Path) -> Result:
    db.session.remove()
    return app.test_cli_runner().invoke(args=["backup", "restore", str(source)])


def said(ended: Result) -> str:
    """The one sentence of a refusal."""
    lines = [line for line in ended.stderr.splitlines() if line]
    assert ended.exit_code == 1 and len(lines) == 1, ended.output
    return lines[0]


def test_a_full_store_is_said_and_the_next_try_takes_only_what_is_lacking(
    app: Flask, made: tuple[Path, int], tmp_path: Path
) -> None:
    source, rows = made
    store = tmp_path / "documents"  # where this installation keeps them
    with small_disk(store, 1500):
        refused = said(restore(app, source))
        with pytest.raises(SettingsError, match=r"was begun and not finished: run `flask backup restore"):
            check_for_serving(app)
        doctored = app.test_cli_runner().invoke(args=["doctor"])

        assert "then give the same command again" in refused and count_rows(db.engine) == 0
        assert doctored.exit_code == 1 and "was begun and not finished" in doctored.output
        assert 0 < len(list(blobs.list_names())) < DOCUMENTS
        kept = {name: blobs.get(name) for name, _written in blobs.list_names()}
    for name, data in kept.items():
        blobs.put(name, data)
    first = {name: (store / name).stat().st_mtime_ns for name in kept}

    again = restore(app, source)

    assert again.exit_code == 0, again.output
    assert {name: (store / name).stat().st_mtime_ns for name in kept} == first, "each document is taken once"
    assert_whole(rows, DOCUMENTS)


def test_a_spoilt_document_of_an_earlier_try_is_put_right(app: Flask, made: tuple[Path, int]) -> None:
    source, rows = made
    blobs.put("files/3", b"half")

    assert restore(app, source).exit_code == 0

    assert len(blobs.get("files/3")) == 200_000
    assert_whole(rows, DOCUMENTS)


def test_a_full_disk_under_the_database_is_said_and_the_next_try_works(
    databases: Databases, made: tuple[Path, int], tmp_path: Path
) -> None:
    source, rows = made
    with small_disk(tmp_path / "disk", 900) as disk, bureau(f"sqlite:///{disk / 'pz.sqlite3'}", tmp_path / "new") as app:
        refused = said(restore(app, source))

    assert "the restore stopped" in refused and "give the same command again" in refused
    with bureau(f"sqlite:///{tmp_path / 'disk' / 'pz.sqlite3'}", tmp_path / "new") as app:
        assert restore(app, source).exit_code == 0
        assert_whole(rows, DOCUMENTS)


def test_one_that_was_killed_after_its_rows_were_in_is_only_finished(app: Flask, made: tuple[Path, int]) -> None:
    source, rows = made
    restore(app, source)
    mark = {"file": str(source), "sha256": hashlib.sha256(source.read_bytes()).hexdigest()}
    installation.restoring_path().write_text(json.dumps(mark))

    finished = restore(app, source)

    assert finished.exit_code == 0 and "was restored already" in finished.output
    assert_whole(rows, DOCUMENTS)


def test_a_database_that_is_not_empty_is_left_alone(app: Flask, made: tuple[Path, int]) -> None:
    source, _rows = made
    with transaction():
        db.session.add(DemoSms(phone_hash=bytes(32), text="短信", sent_at=clock.now()))

    refused = said(restore(app, source))

    assert "not empty (table demo_sms); nothing was restored" in refused
    assert count_rows(db.engine) == 1 and list(blobs.list_names()) == []
    assert not installation.restoring_path().exists()


def test_of_two_at_once_one_waits_for_another_try(app: Flask, made: tuple[Path, int]) -> None:
    source, _rows = made
    with workroom(app.config["SETTINGS"].instance_path / ROOM):
        here = said(restore(app, source))
    with exclusive("restore"):
        elsewhere = said(restore(app, source))

    assert "another restore of this installation is under way" in here
    assert "another restore of this installation is under way" in elsewhere
    assert restore(app, source).exit_code == 0


def test_a_demo_is_not_restored_into_a_real_bureau(databases: Databases, made: tuple[Path, int], tmp_path: Path) -> None:
    source, _rows = made
    with databases.fresh("sqlite") as url, bureau(url, tmp_path / "real") as app:
        app.config["SETTINGS"] = replace(app.config["SETTINGS"], app_mode=Mode.production)

        refused = said(restore(app, source))

        assert "is of a demo bureau, and this installation is set to production (APP_MODE)" in refused
        assert count_rows(db.engine) == 0 and not installation.restoring_path().exists()


def test_without_its_secrets_nothing_is_restored(databases: Databases, made: tuple[Path, int], tmp_path: Path) -> None:
    source, _rows = made
    with databases.fresh("sqlite") as url, bureau(url, tmp_path / "bare") as app:
        app.config["SETTINGS"] = replace(app.config["SETTINGS"], audit_key="", data_key="")

        refused = said(restore(app, source))

        assert "secrets are missing: put the secrets.env of the bureau" in refused
        assert count_rows(db.engine) == 0


def test_a_database_without_tables_is_migrated_first(made: tuple[Path, int], tmp_path: Path) -> None:
    source, rows = made
    with bureau(f"sqlite:///{tmp_path / 'untouched.sqlite3'}", tmp_path / "new") as app:
        assert restore(app, source).exit_code == 0

        assert_whole(rows, DOCUMENTS)
