"""The folder of the documents is another one: not mounted, or somebody else's. Nothing is written there, and everybody is told."""

import io
import shutil
from pathlib import Path

import pytest
from flask import Flask
from structlog.testing import capture_logs

from app import create_app
from app.accounts.models import Account
from app.core import blobs, clock, store_mark
from app.core.crypto import Vault
from app.core.errors import DomainError
from app.core.store_mark import StoreState
from app.documents import queries
from app.documents.models import DocumentPage
from app.documents.service import accept_page, open_page, sweep_orphans
from app.documents.service.keeping import ORPHAN_AFTER
from tests.kit.documents import SUBJECT, make_photo
from tests.kit.people import make_activated_account


@pytest.fixture
def folder(app: Flask) -> Path:
    found = blobs.local_folder()
    assert found is not None
    return found


def files_in(folder: Path) -> list[str]:
    return sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file())


def accept(owner: Account) -> DocumentPage:
    return accept_page(owner=owner, subject=SUBJECT, slot="other", stream=io.BytesIO(make_photo()))


def test_the_first_paper_marks_the_folder_and_the_mark_is_nobodys_file(app: Flask, folder: Path) -> None:
    before = store_mark.find_state()

    accept(make_activated_account())

    assert before is StoreState.new
    assert store_mark.find_state() is StoreState.ours
    assert blobs.MARK in files_in(folder)
    assert blobs.MARK not in [name for name, _ in blobs.list_names()]


def test_a_folder_that_is_not_mounted_takes_nothing(app: Flask, folder: Path, tmp_path: Path) -> None:
    owner = make_activated_account()
    page = accept(owner)
    kept = open_page(page, by=f"account:{owner.id}")
    folder.rename(tmp_path / "the disk")
    folder.mkdir()

    with pytest.raises(DomainError, match="store_unavailable") as caught:
        accept(owner)

    assert (caught.value.status, "现在存不了材料" in str(caught.value.what)) == (503, True)
    assert files_in(folder) == [] and len(queries.list_pages(SUBJECT)) == 1
    assert store_mark.find_state() is StoreState.lost
    assert "mount it" in store_mark.problems()[0]
    folder.rmdir()
    (tmp_path / "the disk").rename(folder)
    accept(owner)
    assert open_page(page, by=f"account:{owner.id}") == kept and store_mark.problems() == []


def test_a_folder_that_is_gone_altogether_takes_nothing(app: Flask, folder: Path) -> None:
    owner = make_activated_account()
    accept(owner)
    shutil.rmtree(folder)

    with pytest.raises(DomainError, match="store_unavailable"):
        accept(owner)

    assert not folder.exists()


def test_somebody_elses_folder_is_neither_written_to_nor_swept(app: Flask, folder: Path, tmp_path: Path) -> None:
    owner = make_activated_account()
    app.extensions["vault"], own = Vault("another bureau's key of forty-three characters or more"), app.extensions["vault"]
    accept(owner)
    theirs = files_in(folder)
    app.extensions["vault"] = own

    with pytest.raises(DomainError, match="store_unavailable"):
        accept(owner)
    clock.move(ORPHAN_AFTER * 2)
    queries.list_pages(SUBJECT)
    swept = sweep_orphans()

    assert (swept, files_in(folder)) == (0, theirs)
    assert "belongs to another installation" in store_mark.problems()[0]


def test_a_folder_of_a_version_that_made_no_mark_is_adopted_when_the_files_are_there(app: Flask, folder: Path) -> None:
    owner = make_activated_account()
    accept(owner)
    (folder / blobs.MARK).unlink()
    before = store_mark.find_state()

    accept(owner)

    assert (before, store_mark.find_state()) == (StoreState.new, StoreState.ours)


def test_a_strangers_folder_without_a_mark_is_no_new_one(app: Flask, folder: Path) -> None:
    name = "pages/aa/0123"
    blobs.put(name, b"PZD1 sealed under another key")

    assert store_mark.find_state() is StoreState.foreign
    with pytest.raises(blobs.StoreUnavailable):
        store_mark.require_ours()
    assert files_in(folder) == [name]


def test_the_log_says_it_once_and_when_it_is_over(app: Flask, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("app.core.outages._QUIET_SECONDS", 0.0)
    accept(make_activated_account())
    mark = (folder / blobs.MARK).read_bytes()

    with capture_logs() as told:
        store_mark.watch()
        (folder / blobs.MARK).write_bytes(b"another")
        for _ in range(3):
            store_mark.watch()
        (folder / blobs.MARK).write_bytes(mark)
        for _ in range(3):
            store_mark.watch()

    assert [(line["event"], line["what"]) for line in told] == [("outage_began", "documents"), ("outage_over", "documents")]


def test_a_second_process_finds_the_mark_of_the_first(app: Flask, folder: Path) -> None:
    accept(make_activated_account())

    other = create_app(app.config["SETTINGS"])

    with other.app_context():
        assert store_mark.find_state() is StoreState.ours
