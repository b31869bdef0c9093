"""Papers are kept as long as needed and no longer, and every deletion is reported."""

import io
from datetime import timedelta

from flask import Flask

from app.accounts.models import Account
from app.core import background, blobs, clock
from app.core.audit import AuditRow
from app.core.db import db
from app.core.jobs import Job
from app.core.settings import settings
from app.documents import queries, store
from app.documents.models import DocumentPage, PageState
from app.documents.service import (
    accept_page,
    append_piece,
    begin_upload,
    delete_expired,
    delete_subject,
    expire_uploads,
    keep_after_decision,
    keep_until,
    remove_page,
    sweep_orphans,
)
from tests.kit.documents import OTHER_SUBJECT, SUBJECT, make_pdf, make_photo


def accept(owner: Account, data: bytes | None = None, subject: str = SUBJECT) -> DocumentPage:
    return accept_page(owner=owner, subject=subject, slot="other", stream=io.BytesIO(data or make_photo()))


def names() -> list[str]:
    return [name for name, _ in blobs.list_names()]


def audited(tag: str) -> list[tuple[str, str]]:
    return [(row.subject, row.detail) for row in db.session.query(AuditRow).filter_by(tag=tag).order_by(AuditRow.id)]


def test_drafts_go_after_thirty_days(owner: Account) -> None:
    accept(owner)
    accept(owner, subject=OTHER_SUBJECT)
    accept(owner, subject=OTHER_SUBJECT)

    clock.move(timedelta(days=settings.document_draft_days))
    on_the_day = delete_expired()
    clock.move(timedelta(seconds=1))
    after = delete_expired()

    assert (on_the_day, after) == (0, 3)
    assert names() == []
    assert sorted(audited("document:expired")) == [(SUBJECT, '{"count": 1}'), (OTHER_SUBJECT, '{"count": 2}')]


def test_papers_under_review_stay_until_ninety_days_after_the_decision(owner: Account) -> None:
    accept(owner)
    keep_until(SUBJECT, None)
    joined = accept(owner).delete_after

    clock.move(timedelta(days=400))
    under_review = delete_expired()
    keep_after_decision(SUBJECT)
    clock.move(timedelta(days=settings.document_keep_days, seconds=-1))
    before = delete_expired()
    clock.move(timedelta(seconds=2))

    assert joined is None
    assert (under_review, before, delete_expired()) == (0, 0, 2)


def test_a_deleted_page_is_no_page_any_more_but_its_row_stays(owner: Account) -> None:
    page = accept(owner)

    delete_subject(SUBJECT)

    assert queries.list_pages(SUBJECT) == []
    assert queries.find_page(owner.id, page.id) is None
    row = db.session.get(DocumentPage, page.id)
    assert row is not None
    assert (row.state, row.object_name, row.byte_count) == (PageState.deleted, None, 0)
    assert audited("document:removed") == [(SUBJECT, '{"count": 1}')]


def test_removing_one_page_of_a_pdf_leaves_the_others_and_gives_no_place_back(owner: Account) -> None:
    accept(owner, make_pdf(3))

    remove_page(queries.list_pages(SUBJECT)[1])

    assert len(queries.list_pages(SUBJECT)) == len(names()) == 2
    assert queries.count_files(SUBJECT) == 1


def test_removing_all_pages_gives_the_place_back(owner: Account) -> None:
    for _ in range(settings.document_max_files):
        accept(owner)

    remove_page(queries.list_pages(SUBJECT)[0])
    remove_page(queries.list_pages(SUBJECT)[0])

    accept(owner)
    assert queries.count_files(SUBJECT) == settings.document_max_files - 1


def test_files_no_row_names_are_swept_and_others_are_left(owner: Account) -> None:
    accept(owner)
    upload = begin_upload(owner, subject=SUBJECT, slot="other", size=10, fingerprint="a")
    append_piece(upload, 0, b"12345")
    for name in ("pages/ab/left-behind", "sources/ab/left-behind", "uploads/ab/00000000", "letters/12"):
        store.put(name, b"x")

    at_once = sweep_orphans()
    clock.move(timedelta(days=1, minutes=5))
    found = sweep_orphans()

    assert (at_once, found) == (0, 3)
    assert sorted(name.partition("/")[0] for name in names()) == ["letters", "pages", "uploads"]
    assert audited("document:swept") == [("documents", '{"count": 3}')]


def test_what_was_begun_and_not_finished_goes_after_thirty_days(owner: Account) -> None:
    upload = begin_upload(owner, subject=SUBJECT, slot="other", size=10, fingerprint="a")
    append_piece(upload, 0, b"12345")

    clock.move(timedelta(days=settings.document_draft_days))
    before = expire_uploads()
    clock.move(timedelta(seconds=1))

    assert (before, expire_uploads()) == (0, 1)
    assert names() == []


def test_the_deletions_are_regular_work(app: Flask, owner: Account) -> None:
    accept(owner)
    clock.move(timedelta(days=31))

    background.run_due(app, 1_000_000.0)

    assert names() == []
    done = {job.name for job in db.session.query(Job).all()}
    assert {"documents.delete_expired", "documents.expire_uploads", "documents.sweep_orphans"} <= done


def test_doctor_misses_a_picture_that_is_gone(owner: Account) -> None:
    page = accept(owner)
    assert page.object_name is not None
    healthy = queries.list_problems()

    blobs.delete(page.object_name)

    assert healthy == []
    assert queries.list_problems() == ["1 documents are missing from the store: restore them from a backup."]
