"""What nobody should send: a clear sentence, the right status, nothing lost, nothing leaked."""

from pathlib import Path

import pytest
from flask import Flask

from app.core import blobs
from app.core.settings import settings
from app.documents import queries
from app.documents.models import PageState
from app.documents.service import open_page, refusal_sentence
from app.messages.queries import list_messages
from tests.documents.malicious import CLEANED, REFUSED, REFUSED_LATER, Sent
from tests.kit.client import Browser, Page
from tests.kit.documents import SUBJECT, make_photo, multipart
from tests.kit.visitors import activated_browser

pytestmark = pytest.mark.one_database


@pytest.fixture
def sender(app: Flask) -> Browser:
    browser = activated_browser(app)
    browser.get("/me")
    return browser


def send(browser: Browser, *files: Sent, expect: int = 200) -> Page:
    assert browser.page is not None
    fields = {"csrf_token": browser.page.hidden()["csrf_token"], "subject": SUBJECT, "slot": "other", "next": "/me"}
    body, content_type = multipart(fields, [(file.name, file.data) for file in files])
    return browser.post_body("/documents", body, content_type, expect=expect)


def kept_files() -> list[Path]:
    """Everything below the instance but the database, its companions and locks, and the mark of whose the store is."""
    found = [path for path in settings.instance_path.rglob("*") if path.is_file() and ".sqlite3" not in path.name]
    return [path for path in found if path.name != blobs.MARK and path.suffix != ".lock"]


def test_it_is_refused_in_a_sentence_and_nothing_is_kept(subtests: pytest.Subtests, sender: Browser) -> None:
    for name, file in REFUSED.items():
        with subtests.test(name):
            page = send(sender, file, expect=file.status)

            assert file.says in page.text
            assert [link.text for link in page.all("a", href="/me") if link.text == "返回再发"]
            assert queries.list_pages(SUBJECT) == []
            assert kept_files() == []


@pytest.mark.parametrize("file", REFUSED_LATER.values(), ids=REFUSED_LATER)
def test_a_pdf_that_cannot_be_drawn_is_refused_by_its_job(sender: Browser, file: Sent) -> None:
    send(sender, file)

    (page,) = queries.list_pages(SUBJECT)
    assert page.state is PageState.refused
    assert file.says in refusal_sentence(page.refusal)
    assert list(blobs.list_names()) == []
    assert queries.count_files(SUBJECT) == 0
    (told,) = list_messages(page.owner_account_id)
    assert (told.title, told.body) == ("有文件没有收下", refusal_sentence(page.refusal))


@pytest.mark.parametrize("file", CLEANED.values(), ids=CLEANED)
def test_it_is_taken_and_what_it_hid_is_gone(sender: Browser, file: Sent) -> None:
    send(sender, file)

    (page,) = queries.list_pages(SUBJECT)
    kept = open_page(page, by=f"account:{page.owner_account_id}")
    assert kept.startswith(b"\xff\xd8\xff")
    assert [piece for piece in file.gone if piece in kept] == []
    folder = blobs.local_folder()
    assert folder is not None
    assert all(path.is_relative_to(folder / "pages") for path in kept_files())


def test_what_was_good_is_kept_beside_what_was_refused(sender: Browser) -> None:
    good, bad = Sent("a.jpg", make_photo()), REFUSED["a zip named .jpg"]

    page = send(sender, good, bad, good, expect=415)

    assert "photo.jpg" in page.text
    assert "其他 2 个文件已经收到" in page.text
    assert queries.count_files(SUBJECT) == 2


def test_a_name_is_shown_as_text_and_without_its_path(sender: Browser) -> None:
    page = send(sender, Sent("../../<script>alert(1)</script>.jpg", b"x"), expect=415)

    assert page.all("script", src=None) == []
    assert "<script>alert" not in page.html
    assert "../" not in page.text


def test_a_body_beyond_all_files_is_not_read(sender: Browser) -> None:
    page = send(sender, Sent("a.jpg", bytes(62 << 20)), expect=413)

    assert "太大" in page.text
    assert kept_files() == []


def test_a_strangers_photo_is_not_read_either(app: Flask) -> None:
    stranger = Browser(app)
    stranger.get("/")

    page = send(stranger, Sent("a.jpg", bytes(5 << 20)), expect=401)

    assert "重新登录" in page.text
