"""Drawing a PDF's pages: what happens in between, what the store does, and a run that fails half-way."""

import io
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from flask import Flask

from app.accounts.models import Account
from app.core import blobs, clock, jobs
from app.core.audit import AuditRow
from app.core.db import db
from app.documents import queries
from app.documents.models import DocumentPage, PageState
from app.documents.service import accept_page, pdf_pages, read_pdf, refusal_sentence, remove_page
from app.messages.queries import list_messages
from tests.kit.documents import SUBJECT, make_pdf, make_photo
from tests.scanning.desk import change_settings

SPOILT = b"%PDF-1.7\nnothing that can be drawn"


@pytest.fixture
def later(app: Flask) -> None:
    """A PDF that is taken waits until the test has its job run."""
    change_settings(app, job_runner="own")


def sent(owner: Account, pdf: bytes) -> int:
    return accept_page(owner=owner, subject=SUBJECT, slot="other", stream=io.BytesIO(pdf)).id


def row(page_id: int) -> DocumentPage:
    return db.session.get_one(DocumentPage, page_id, populate_existing=True)


def names() -> list[str]:
    return [name for name, _written in blobs.list_names()]


def spoil_file(name: str, how: str) -> None:
    if how == "gone":
        blobs.delete(name)
    else:
        blobs.put(name, blobs.get(name)[:-1])


def refused() -> list[str]:
    return [each.outcome for each in db.session.query(AuditRow).filter_by(tag="document:refused")]


def before_drawing(monkeypatch: pytest.MonkeyPatch, act: Any) -> None:
    """Has `act` happen once the job has begun and before it has drawn anything."""
    draw = pdf_pages.draw_pages

    def draw_late(*what: Any, **how: Any) -> Any:
        monkeypatch.setattr(pdf_pages, "draw_pages", draw)
        act()
        return draw(*what, **how)

    monkeypatch.setattr(pdf_pages, "draw_pages", draw_late)


@pytest.mark.usefixtures("later")
def test_a_pdf_taken_away_before_its_job_runs_is_never_drawn(owner: Account) -> None:
    page_id = sent(owner, make_pdf(2))
    remove_page(row(page_id))

    jobs.run_next()

    assert row(page_id).state is PageState.deleted
    assert (queries.list_pages(SUBJECT), names(), refused()) == ([], [], [])


@pytest.mark.parametrize("pdf", [make_pdf(2), SPOILT], ids=["good", "spoilt"])
@pytest.mark.usefixtures("later")
def test_a_pdf_taken_away_while_it_is_drawn_comes_back_neither_as_pages_nor_as_a_refusal(
    owner: Account, monkeypatch: pytest.MonkeyPatch, pdf: bytes
) -> None:
    page_id, owner_id = sent(owner, pdf), owner.id
    before_drawing(monkeypatch, lambda: remove_page(row(page_id)))

    read_pdf(page_id)

    assert row(page_id).state is PageState.deleted
    assert (queries.list_pages(SUBJECT), names()) == ([], [])
    assert (refused(), list_messages(owner_id)) == ([], [])


@pytest.mark.usefixtures("later")
def test_of_two_runs_of_one_job_one_enters_the_pages(owner: Account, monkeypatch: pytest.MonkeyPatch) -> None:
    page_id = sent(owner, make_pdf(3))
    before_drawing(monkeypatch, lambda: read_pdf(page_id))

    read_pdf(page_id)

    pages = queries.list_pages(SUBJECT)
    assert [page.state for page in pages] == [PageState.ready] * 3
    assert sorted(names()) == sorted(page.object_name or "" for page in pages)


@pytest.mark.usefixtures("later")
def test_a_run_that_fails_half_way_leaves_no_picture_and_the_next_one_draws_all(
    owner: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    page_id = sent(owner, make_pdf(3))
    source = row(page_id).source_name

    with monkeypatch.context() as fault:
        fault.setattr(pdf_pages, "add_following", lambda *_what: 1 / 0)
        jobs.run_next()
    left, waiting = names(), row(page_id).state
    clock.move(timedelta(minutes=3))
    jobs.run_next()

    assert (left, waiting) == ([source], PageState.processing)
    assert [page.state for page in queries.list_pages(SUBJECT)] == [PageState.ready] * 3
    assert len(names()) == 3


@pytest.mark.parametrize("spoil", ["gone", "changed"])
@pytest.mark.usefixtures("later")
def test_a_pdf_whose_file_is_gone_or_changed_is_refused_and_its_owner_is_told(owner: Account, spoil: str) -> None:
    page_id, owner_id = sent(owner, make_pdf(2)), owner.id
    source = row(page_id).source_name
    assert source is not None
    spoil_file(source, spoil)

    jobs.run_next()

    page = row(page_id)
    assert (page.state, page.refusal, page.source_name, page.byte_count) == (PageState.refused, "upload_broken", None, 0)
    assert refused() == ["upload_broken"]
    assert [(told.title, told.body) for told in list_messages(owner_id)] == [("有文件没有收下", refusal_sentence("upload_broken"))]
    assert names() == []


@pytest.mark.usefixtures("later")
def test_a_pdf_waits_while_the_folder_of_the_documents_is_not_mounted(owner: Account, tmp_path: Path) -> None:
    accept_page(owner=owner, subject=SUBJECT, slot="other", stream=io.BytesIO(make_photo()))
    page_id, folder = sent(owner, make_pdf(2)), blobs.local_folder()
    assert folder is not None
    folder.rename(tmp_path / "the disk")
    folder.mkdir()

    jobs.run_next()
    waiting = row(page_id).state
    folder.rmdir()
    (tmp_path / "the disk").rename(folder)
    clock.move(timedelta(minutes=3))
    jobs.run_next()

    assert waiting is PageState.processing
    assert [page.state for page in queries.list_pages(SUBJECT)] == [PageState.ready] * 3
    assert refused() == []
