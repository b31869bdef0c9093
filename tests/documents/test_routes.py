"""A person's own papers over HTTP: a plain form, pieces for script, getting back, taking away."""

import io
from typing import Any

import pytest
from flask import Flask, current_app, render_template_string

from app.accounts.phone import parse_mobile
from app.accounts.queries import find_account_by_phone
from app.core import blobs
from app.documents import queries
from app.documents.models import DocumentPage
from app.documents.service import accept_page, open_page
from tests.kit.client import Browser
from tests.kit.documents import SUBJECT, make_pdf, make_photo, take_papers
from tests.kit.visitors import PHONE, activated_browser, signed_in_browser

PIECE = 512 * 1024


@pytest.fixture
def browser(app: Flask) -> Browser:
    browser = activated_browser(app)
    browser.get("/me")
    return browser


def send(browser: Browser, data: bytes, expect: int = 200, **changes: Any) -> Any:
    fields = {"subject": SUBJECT, "slot": "other", "next": "/me", "files": (io.BytesIO(data), "a.jpg"), **changes}
    return browser.post("/documents", fields, expect=expect)


def a_page(browser: Browser) -> DocumentPage:
    send(browser, make_photo())
    return queries.list_pages(SUBJECT)[-1]


def token(browser: Browser) -> dict[str, str]:
    assert browser.page is not None
    return {"X-CSRFToken": browser.page.hidden()["csrf_token"]}


def test_a_plain_form_takes_several_files_and_leads_back(browser: Browser) -> None:
    page = send(browser, b"", files=[(io.BytesIO(make_photo()), "1.jpg"), (io.BytesIO(make_pdf(2)), "2.pdf")])

    assert page.response.request.path == "/me"
    assert [p.is_ready for p in queries.list_pages(SUBJECT)] == [True] * 3


def test_nothing_chosen_is_said(browser: Browser) -> None:
    page = browser.post("/documents", {"subject": SUBJECT, "slot": "other", "next": "/me"}, expect=422)

    assert "还没有选照片" in page.text


def test_it_leads_nowhere_else(subtests: pytest.Subtests, browser: Browser) -> None:
    for target in ("//elsewhere.example", "https://elsewhere.example/", ""):
        with subtests.test(target=target):
            assert send(browser, make_photo(), next=target).response.request.path == "/"


def test_papers_nobody_asked_for_are_not_taken(browser: Browser) -> None:
    send(browser, make_photo(), subject="family_request:999999", expect=404)
    send(browser, make_photo(), slot="passport", expect=404)

    assert list(blobs.list_names()) == []


def test_the_owner_gets_a_page_back_as_a_file(browser: Browser) -> None:
    kept = a_page(browser)

    response = browser.http.get(f"/documents/{kept.id}")

    headers = response.headers
    assert response.status_code == 200
    assert response.data == open_page(kept, by=f"account:{kept.owner_account_id}")
    assert headers["Content-Type"] == "image/jpeg"
    assert headers["Content-Disposition"] == f'attachment; filename="page-{kept.id}.jpg"'
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Cache-Control"] == "no-store"
    assert headers["Content-Security-Policy"] == "default-src 'none'; sandbox"


def test_anothers_page_is_not_found(app: Flask, browser: Browser) -> None:
    page_id = a_page(browser).id
    other = signed_in_browser(app, "13800000019")
    other.get("/me")

    other.get(f"/documents/{page_id}", expect=404)
    other.post(f"/documents/{page_id}/removal", expect=404)

    assert queries.get_page(page_id).is_ready


def test_a_stranger_is_asked_to_sign_in(app: Flask, browser: Browser) -> None:
    page_id = a_page(browser).id

    assert Browser(app).get(f"/documents/{page_id}").response.request.path == "/sign-in"


def test_the_owner_takes_a_page_away(browser: Browser) -> None:
    page = a_page(browser)

    browser.post(f"/documents/{page.id}/removal", {"next": "/me"})
    browser.get(f"/documents/{page.id}", expect=404)
    browser.post(f"/documents/{page.id}/removal", expect=404)

    assert queries.list_pages(SUBJECT) == []
    assert list(blobs.list_names()) == []


def test_papers_under_review_are_not_taken_away(browser: Browser) -> None:
    page = a_page(browser)
    take_papers(current_app, "test_request", lambda account, subject, slot: False)

    browser.post(f"/documents/{page.id}/removal", expect=404)

    assert queries.get_page(page.id).is_ready


def begin(browser: Browser, data: bytes, expect: int = 201, **changes: Any) -> dict[str, Any]:
    fields = {"subject": SUBJECT, "slot": "other", "size": len(data), "fingerprint": "IMG_1.jpg:1", **changes}
    response = browser.http.post("/documents/uploads", data=fields, headers=token(browser))
    assert response.status_code == expect, response.get_data(as_text=True)
    return response.get_json()


def put(browser: Browser, upload: dict[str, Any], data: bytes, offset: int, expect: int = 200) -> dict[str, Any]:
    headers = {**token(browser), "Upload-Offset": str(offset), "Content-Type": "application/offset+octet-stream"}
    response = browser.http.patch(upload["url"], data=data[offset : offset + PIECE], headers=headers)
    assert response.status_code == expect, response.get_data(as_text=True)
    return response.get_json()


def a_large_photo() -> bytes:
    data = make_photo(800, 600)
    return data + bytes(2 * PIECE + 1000 - len(data))  # a photo with much behind it, which is cut off


def test_a_file_in_pieces_becomes_a_page(browser: Browser) -> None:
    data = a_large_photo()
    upload = begin(browser, data)

    first, second = put(browser, upload, data, 0), put(browser, upload, data, PIECE)
    last = put(browser, upload, data, 2 * PIECE)

    assert (first["offset"], second["offset"], last["offset"]) == (PIECE, 2 * PIECE, len(data))
    assert "page" not in second
    assert last["page"]["state"] == "ready"
    assert [name.partition("/")[0] for name, _ in blobs.list_names()] == ["pages"]


def test_after_a_broken_connection_it_goes_on_where_it_stopped(browser: Browser) -> None:
    data = a_large_photo()
    put(browser, begin(browser, data), data, 0)

    again = begin(browser, data)
    gone_on = put(browser, again, data, again["offset"])

    assert again["offset"] == PIECE
    assert gone_on["offset"] == 2 * PIECE


def test_a_piece_in_the_wrong_place_is_told_the_right_one(browser: Browser) -> None:
    data = a_large_photo()
    upload = begin(browser, data)
    put(browser, upload, data, 0)

    for offset in (0, 2 * PIECE):
        assert put(browser, upload, data, offset, expect=409)["offset"] == PIECE


def test_an_answer_that_was_lost_is_given_again(browser: Browser) -> None:
    data = make_photo()
    upload = begin(browser, data)
    page_id = put(browser, upload, data, 0)["page"]["id"]

    again = put(browser, upload, data, len(data))

    assert again["page"]["id"] == page_id
    assert queries.count_files(SUBJECT) == 1


def test_a_size_that_is_not_taken_is_refused_before_anything_is_sent(subtests: pytest.Subtests, browser: Browser) -> None:
    for size, status, code in ((0, 422, "empty"), (50 << 20, 413, "too_large"), (-1, 422, "empty"), ("x", 409, "upload_broken")):
        with subtests.test(size=size, status=status, code=code):
            answer = begin(browser, b"", expect=status, size=size)

            assert answer["code"] == code
            assert answer["what"].endswith("。")


def test_a_refused_file_is_forgotten_with_its_pieces(browser: Browser) -> None:
    data = b"PK\x03\x04" + bytes(PIECE)
    upload = begin(browser, data)
    put(browser, upload, data, 0)

    answer = put(browser, upload, data, PIECE, expect=415)

    assert "这不是照片" in answer["what"]
    assert list(blobs.list_names()) == []
    assert begin(browser, data)["offset"] == 0


def test_more_than_was_announced_is_not_taken(browser: Browser) -> None:
    upload = begin(browser, b"12345")

    put(browser, upload, b"1234567", 0, expect=409)

    assert list(blobs.list_names()) == []


def test_anothers_upload_is_not_found(app: Flask, browser: Browser) -> None:
    upload = begin(browser, make_photo())
    other = signed_in_browser(app, "13800000019")
    other.get("/me")

    assert other.http.get(upload["url"]).status_code == 404
    put(other, upload, make_photo(), 0, expect=404)
    assert other.http.delete(upload["url"], headers=token(other)).status_code == 404


def test_an_upload_is_given_up(browser: Browser) -> None:
    data = a_large_photo()
    upload = begin(browser, data)
    put(browser, upload, data, 0)

    assert browser.http.delete(upload["url"], headers=token(browser)).status_code == 204

    assert list(blobs.list_names()) == []
    assert browser.http.get(upload["url"]).status_code == 404


def test_a_person_begins_only_so_many(browser: Browser) -> None:
    for number in range(12):
        begin(browser, b"x" * 10, fingerprint=str(number))

    assert begin(browser, b"x" * 10, expect=429, fingerprint="13")["code"] == "too_many_uploads"


def test_the_component_shows_pages_and_asks_for_more(app: Flask, browser: Browser) -> None:
    account = find_account_by_phone(parse_mobile(PHONE))
    assert account is not None
    for data in (make_photo(), make_pdf(13)):
        accept_page(owner=account, subject=SUBJECT, slot="other", stream=io.BytesIO(data))
    template = (
        "{% from 'components/upload.html' import upload %}"
        "{{ upload(subject=subject, slot='other', label='出生医学证明', hint='请拍正面。', pages=pages, action='/me') }}"
    )

    with app.test_request_context():
        html = render_template_string(template, subject=SUBJECT, pages=queries.list_pages(SUBJECT, "other"))

    assert "第 1 页" in html
    assert "最多 12 页" in html
    assert 'enctype="multipart/form-data"' in html
    assert 'data-enhance="document-upload"' in html


def test_a_feature_says_who_may_send(app: Flask, browser: Browser) -> None:
    asked: list[tuple[int, str, str]] = []
    take_papers(app, "other_request", lambda account, subject, slot: asked.append((account.id, subject, slot)) or False)

    send(browser, make_photo(), subject="other_request:7", expect=404)

    assert [(subject, slot) for _, subject, slot in asked] == [("other_request:7", "other")]
