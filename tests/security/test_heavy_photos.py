"""Photos that are small to send and hard to decode: whoever sends them gets a sentence, and nobody else waits for it."""

import fcntl
import io
import time
from collections.abc import Iterator

import pytest
from flask import Flask

from app.core.settings import settings
from app.documents import queries
from app.documents.images import require_decodable
from app.documents.kinds import Kind, Unfit
from tests.kit.client import Browser
from tests.kit.documents import SUBJECT, make_photo, multipart, take_papers
from tests.kit.heavy_photos import heif_of_items, jpeg_of_scans
from tests.kit.visitors import activated_browser

pytestmark = pytest.mark.one_database
TILE = b"hvc1"
HOSTILE = {
    "a JPEG of 101 scans": (Kind.jpeg, lambda: jpeg_of_scans(101, 64)),
    "a HEIC of 257 items": (Kind.heif, lambda: heif_of_items([TILE] * 257)),
    "a HEIC that lays one picture over itself 900 times": (Kind.heif, lambda: heif_of_items([b"iovl", TILE], [2] * 900)),
    "a HEIC with an overlay of two": (Kind.heif, lambda: heif_of_items([b"iovl", TILE, TILE], [2, 3])),
    "a HEIC whose grid is one tile often": (Kind.heif, lambda: heif_of_items([b"grid", TILE], [2, 2])),
}
HONEST = {
    "a progressive JPEG": (Kind.jpeg, lambda: jpeg_of_scans(20, 64)),
    "a JPEG with a film behind it that looks like scans": (Kind.jpeg, lambda: make_photo() + b"\xff\xda\0\2" * 500),
    "a HEIC of 192 tiles": (Kind.heif, lambda: heif_of_items([b"grid"] + [TILE] * 192 + [b"Exif"], list(range(2, 194)))),
    "nonsense, which is the decoder's to refuse": (Kind.heif, lambda: heif_of_items([b"grid", TILE], [2])[:90]),
}


@pytest.fixture
def sender(app: Flask) -> Browser:
    take_papers(app)
    browser = activated_browser(app)
    browser.get("/me")
    return browser


@pytest.fixture
def others_photo(app: Flask) -> Iterator[None]:
    """Another process of this server is reading a photo."""
    with open(settings.instance_path / "photos.lock", "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def send(browser: Browser, *photos: bytes, expect: int = 200) -> str:
    token = browser.get("/me").hidden()["csrf_token"]
    fields = {"csrf_token": token, "subject": SUBJECT, "slot": "other", "next": "/me"}
    body, content_type = multipart(fields, [(f"{n}.jpg", photo) for n, photo in enumerate(photos)])
    return browser.post_body("/documents", body, content_type, expect=expect).text


@pytest.mark.parametrize("name", HOSTILE)
def test_what_is_put_together_to_be_decoded_for_ever_is_refused_at_sight(name: str) -> None:
    kind, make = HOSTILE[name]

    with pytest.raises(Unfit, match="photo_too_hard"):
        require_decodable(make(), kind)


@pytest.mark.parametrize("name", HONEST)
def test_what_phones_write_is_let_through(name: str) -> None:
    kind, make = HONEST[name]

    require_decodable(make(), kind)


def test_a_photo_of_two_thousand_scans_is_answered_at_once_with_a_sentence(sender: Browser) -> None:
    began = time.monotonic()

    said = send(sender, jpeg_of_scans(2000, 6000), expect=422)

    assert "存法太特别" in said
    assert time.monotonic() - began < 10
    assert queries.list_pages(SUBJECT) == []


def test_a_photo_that_takes_more_than_its_seconds_is_given_up_and_the_next_one_is_taken(app: Flask, sender: Browser) -> None:
    object.__setattr__(app.config["SETTINGS"], "document_photo_seconds", 1)

    said = send(sender, jpeg_of_scans(99, 6300), expect=422)
    send(sender, make_photo())

    assert "存法太特别" in said
    assert queries.count_files(SUBJECT) == 1


def test_who_comes_while_another_photo_is_read_is_told_so_and_holds_no_thread(sender: Browser, others_photo: None) -> None:
    began = time.monotonic()

    said = send(sender, make_photo(), make_photo(), make_photo(), make_photo(), expect=503)

    assert time.monotonic() - began < 6  # one waits its moment, the others no more
    assert said.count("现在发照片的人多") == 4
    assert "返回再发" in said


def test_what_was_sent_in_pieces_is_kept_until_it_is_its_turn(app: Flask, sender: Browser) -> None:
    photo = make_photo()
    token = sender.get("/me").hidden()["csrf_token"]
    asked = {"subject": SUBJECT, "slot": "other", "size": str(len(photo)), "fingerprint": "IMG_1"}
    upload = sender.http.post("/documents/uploads", data=asked, headers={"X-CSRFToken": token}).get_json()

    with open(settings.instance_path / "photos.lock", "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        first = patch(sender, upload["url"], token, 0, photo)
    again = patch(sender, upload["url"], token, len(photo), b"")

    assert (first.status_code, first.get_json()["code"]) == (503, "photos_busy")
    assert int(first.headers["Retry-After"]) in range(1, 10)
    assert again.get_json()["page"]["state"] == "ready"
    assert queries.count_files(SUBJECT) == 1


def patch(browser: Browser, url: str, token: str, offset: int, data: bytes):
    headers = {"X-CSRFToken": token, "Upload-Offset": str(offset)}
    return browser.http.patch(url, input_stream=io.BytesIO(data), content_length=len(data), headers=headers)
