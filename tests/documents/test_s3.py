"""The documents in a bucket: Swift with s3api, which checks every signature."""

import io
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest
from flask import Flask

from app import create_app
from app.accounts.models import Account
from app.core import blobs, installation, store_mark
from app.core.database import backup, copying, restoring
from app.core.db import db
from app.core.errors import DomainError
from app.core.settings import settings
from app.core.store_mark import StoreState
from app.documents import queries
from app.documents.models import DocumentPage
from app.documents.service import accept_page, delete_subject, open_page
from tests.documents.malicious import CLEANED, REFUSED
from tests.kit.at_once import at_once, named
from tests.kit.databases import Databases
from tests.kit.documents import SUBJECT, make_pdf, make_photo, patiently, take_papers
from tests.kit.people import make_activated_account
from tests.kit.settings import make_settings
from tests.kit.swift import Swift, running_swift
from tests.kit.visitors import account_and_device, activated_browser
from tests.scanning.desk import change_settings


@pytest.fixture(scope="module")
def swift() -> Iterator[Swift]:
    with running_swift() as running:
        yield running


@contextmanager
def bureau(databases: Databases, folder: Path, **changes: str) -> Iterator[Flask]:
    with databases.fresh("sqlite") as url:
        app = create_app(make_settings(database_url=url, instance_path=folder, **changes))
        take_papers(app)
        with app.app_context():
            yield app
            db.session.remove()
            db.engine.dispose()


def accept(owner: Account, data: bytes) -> DocumentPage:
    return accept_page(owner=owner, subject=SUBJECT, slot="other", stream=io.BytesIO(data))


def test_papers_live_and_end_in_a_bucket(swift: Swift, databases: Databases, tmp_path: Path) -> None:
    with bureau(databases, tmp_path, **swift.settings()):
        owner = make_activated_account()

        page = accept(owner, make_photo())
        accept(owner, make_pdf(2))

        assert open_page(page, by=f"account:{owner.id}").startswith(b"\xff\xd8\xff")
        names = [name for name, _ in blobs.list_names()]
        assert len(names) == 3
        assert all(blobs.get(name).startswith(b"PZD1") for name in names)
        assert queries.list_problems() == []
        delete_subject(SUBJECT)
        assert list(blobs.list_names()) == []


def test_two_installations_in_one_bucket_do_not_see_each_other(swift: Swift, databases: Databases, tmp_path: Path) -> None:
    with bureau(databases, tmp_path, **swift.settings(folder="one")):
        blobs.put("pages/1", b"x")
    with bureau(databases, tmp_path, **swift.settings(folder="two")):
        assert list(blobs.list_names()) == []
        with pytest.raises(blobs.NoSuchBlob):
            blobs.get("pages/1")


def test_a_bucket_that_is_empty_or_another_bureaus_takes_nothing(
    swift: Swift, databases: Databases, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(store_mark, "_TRUSTED_SECONDS", 0.0)
    with bureau(databases, tmp_path, **swift.settings(folder="our-own")) as app:
        owner = make_activated_account()
        accept(owner, make_photo())
        ours = app.config["SETTINGS"].documents_url

        for folder, state in (("not-mounted", StoreState.lost), ("theirs", StoreState.foreign)):
            app.config["SETTINGS"] = replace(app.config["SETTINGS"], documents_url=ours.replace("our-own", folder))
            app.extensions.pop("blob_store")
            if state is StoreState.foreign:
                blobs.put(blobs.MARK, b"another installation's")
            assert store_mark.find_state() is state
            with pytest.raises(DomainError, match="store_unavailable"):
                accept(owner, make_photo())
            assert list(blobs.list_names()) == []


def test_a_store_that_refuses_the_key_takes_nothing_and_says_so(swift: Swift, databases: Databases, tmp_path: Path) -> None:
    with bureau(databases, tmp_path, **swift.settings(secret="wrong")):
        owner = make_activated_account()

        with pytest.raises(DomainError, match="store_unavailable") as caught:
            accept(owner, make_photo())

        assert caught.value.status == 503
        assert queries.list_pages(SUBJECT) == []
        assert "DOCUMENTS_URL" in queries.list_problems()[0]


def test_a_backup_holds_the_bucket_and_comes_back_into_a_folder(swift: Swift, databases: Databases, tmp_path: Path) -> None:
    target = tmp_path / "backup.tar.gz"
    with bureau(databases, tmp_path / "old", **swift.settings(folder="backed-up")):
        installation.set_kind(settings.app_mode)
        owner = make_activated_account()
        accept(owner, make_photo())
        kept = open_page(queries.list_pages(SUBJECT)[0], by="account:1")
        backup.create_backup(target)

    with bureau(databases, tmp_path / "new"):
        assert copying.count_rows(db.engine) == 0
        restoring.restore_backup(target)

        page = queries.list_pages(SUBJECT)[0]
        assert open_page(page, by=f"account:{page.owner_account_id}") == kept


def test_hostile_files_leave_nothing_in_a_bucket_and_what_is_taken_is_sealed_there(
    subtests: pytest.Subtests, swift: Swift, databases: Databases, tmp_path: Path
) -> None:
    with bureau(databases, tmp_path, **swift.settings(folder="hostile")):
        owner = make_activated_account()
        for name, file in REFUSED.items():
            with subtests.test(name), pytest.raises(DomainError):
                accept(owner, file.data)
            assert list(blobs.list_names()) == []
        for name, file in CLEANED.items():
            with subtests.test(name):
                page = accept(owner, file.data)
                kept = [blobs.get(found) for found, _ in blobs.list_names()]
                shown = open_page(page, by=f"account:{owner.id}")
                assert kept and not any(hidden in held for hidden in file.gone for held in (*kept, shown))
                delete_subject(SUBJECT)
                assert list(blobs.list_names()) == []


def test_who_keeps_the_bucket_can_neither_swap_nor_cut_nor_put_in_a_page(app: Flask, swift: Swift, tmp_path: Path) -> None:
    change_settings(app, **swift.settings(folder=tmp_path.name))
    browser = activated_browser(app)
    owner = account_and_device()[0]
    first, second = accept(owner, make_photo()), accept(owner, make_photo())
    (one, _), (other, _) = blobs.list_names()
    sealed = blobs.get(one)

    for written in (blobs.get(other), sealed[:-1], b"<script>alert(1)</script>", b""):
        blobs.put(one, written)
        answers = [browser.http.get(f"/documents/{page.id}") for page in (first, second)]

        assert sorted(answer.status_code for answer in answers) == [200, 503]
        assert not any(b"alert" in answer.data for answer in answers)
    blobs.put(one, sealed)
    assert {browser.http.get(f"/documents/{page.id}").status_code for page in (first, second)} == {200}


def test_parallel_uploads_to_a_bucket_keep_to_the_limit(app: Flask, swift: Swift, tmp_path: Path) -> None:
    change_settings(app, **swift.settings(folder=tmp_path.name))
    owner, data = make_activated_account().id, make_photo()

    def send() -> str:
        return patiently(lambda: accept(db.session.get_one(Account, owner), data))

    outcomes = named(at_once(app, [send] * (settings.document_max_files + 3)))

    assert sorted(outcomes) == ["taken"] * settings.document_max_files + ["too_many_files"] * 3
    assert len(list(blobs.list_names())) == settings.document_max_files
