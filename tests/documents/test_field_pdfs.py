"""PDFs as scanners, phones and authorities write them: all pages, as a viewer shows them, or the true reason why not."""

import io
from pathlib import Path

import pytest
from flask import Flask
from PIL import Image

from app.accounts.models import Account
from app.documents import pdf, queries
from app.documents.service import accept_page, open_page, refusal_sentence
from app.messages.queries import list_messages
from tests.kit.documents import SUBJECT, make_pdf

FOLDER = Path(__file__).parent / "cases"
A4, A4_LYING = (1653, 2339), (2339, 1653)
RIGHT: dict[str, list[tuple[int, int]] | str] = {
    "a-form-filled-no-appearance": [A4],
    "a-freetext": [A4],
    "a-ink": [A4],
    "a-stamp": [A4],
    "e-empty-user-password-aes-128": [A4],
    "e-empty-user-password-aes-256": [A4],
    "e-empty-user-password-rc4-128": [A4],
    "e-user-password": "设了密码",
    "f-stsong-not-embedded": [A4],
    "h-13-pages": "最多 12 页",
    "h-200-bytes-before": [A4],
    "h-bom-before": [A4],
    "h-cut-half": "这个文件坏了",
    "h-newline-before": [A4],
    "h-no-eof-marker": [A4],
    "h-not-a-pdf": "这个文件坏了",
    "h-trailing-zeros": [A4],
    "h-xref-broken": [A4],
    "h-zero-pages": "这个文件坏了",
    "r-cropbox": [(1111, 1228)],
    "r-long-page-595x12000": [(1200, 2400)] * 11,
    "r-mediabox-swapped": [A4],
    "r-mediabox-zero": [(1700, 2200)],
    "r-page-14400": [(2400, 2400)],
    "r-page-1x1": [(3, 3)],
    "r-page-3x3000": [(8, 2400)] * 4,
    "r-rotate-180": [A4],
    "r-rotate-270": [A4_LYING],
    "r-rotate-90": [A4_LYING],
    "r-userunit-10": [A4],
    "x-xfa-please-wait": [A4],
}
pytestmark = pytest.mark.one_database


def test_the_list_holds_every_file() -> None:
    assert sorted(path.stem for path in FOLDER.glob("*.pdf")) == sorted(RIGHT)


@pytest.mark.parametrize("name", RIGHT)
def test_its_pages_are_there_or_the_true_reason_why_not(app: Flask, owner: Account, name: str) -> None:
    right = RIGHT[name]

    send(owner, (FOLDER / f"{name}.pdf").read_bytes())
    pages = queries.list_pages(SUBJECT)

    if isinstance(right, str):
        assert right in refusal_sentence(pages[0].refusal)
        return
    assert [(page.width, page.height) for page in pages] == right
    assert min(Image.open(io.BytesIO(open_page(pages[-1], by="staff:1"))).convert("L").tobytes()) < 128


def test_letters_without_their_font_are_drawn_with_ours_where_the_server_has_none(
    monkeypatch: pytest.MonkeyPatch, app: Flask, owner: Account
) -> None:
    monkeypatch.setattr(pdf, "SYSTEM_FONTS", ())

    send(owner, (FOLDER / "f-stsong-not-embedded.pdf").read_bytes())

    (page,) = queries.list_pages(SUBJECT)
    drawn = Image.open(io.BytesIO(open_page(page, by="staff:1"))).convert("L")
    assert min(drawn.tobytes()) < 128
    assert pdf.problems() == []


def test_a_pdf_that_shows_nothing_is_refused_and_the_operator_is_told_how_to_mend_it(
    monkeypatch: pytest.MonkeyPatch, app: Flask, owner: Account
) -> None:
    monkeypatch.setattr(pdf, "_fonts", list)

    send(owner, (FOLDER / "f-stsong-not-embedded.pdf").read_bytes())

    (page,) = queries.list_pages(SUBJECT)
    assert "每一页都是空白的" in refusal_sentence(page.refusal)
    (told,) = list_messages(owner.id)
    assert "每一页都是空白的" in told.body
    (problem,) = pdf.problems()
    assert "requirements-fonts.txt" in problem


def test_a_blank_page_among_others_is_kept_and_its_sender_is_told(app: Flask, owner: Account) -> None:
    two = make_pdf(2).replace(b"(Page 2) Tj", b"(      ) Tj")

    send(owner, two)

    assert [page.is_ready for page in queries.list_pages(SUBJECT)] == [True, True]
    (told,) = list_messages(owner.id)
    assert told.title == "有的页是空白的"
    assert "第 2 页是空白的" in told.body


def send(owner: Account, data: bytes) -> None:
    accept_page(owner=owner, subject=SUBJECT, slot="other", stream=io.BytesIO(data))
