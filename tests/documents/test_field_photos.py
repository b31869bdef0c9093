"""What people's phones and programs send comes in by the form as they see it themselves, or is refused with the true reason."""

import io
import re

import pytest
from flask import Flask
from PIL import Image

from app.documents import queries
from app.documents.service import open_page
from tests.documents.field_photos import PHOTOS, is_upright
from tests.kit.client import Browser
from tests.kit.documents import multipart
from tests.kit.visitors import activated_browser

pytestmark = pytest.mark.one_database


def test_each_photo_is_kept_as_its_sender_sees_it_or_refused_with_the_true_reason(subtests: pytest.Subtests, app: Flask) -> None:
    browser = activated_browser(app)
    for number, (name, (make, right)) in enumerate(PHOTOS.items()):
        with subtests.test(name):
            subject = f"test_request:{number}"

            said = send(browser, subject, make())
            kept = [Image.open(io.BytesIO(open_page(page, by="staff:1"))) for page in queries.list_pages(subject)]

            assert tuple(picture.size for picture in kept) == right.sizes, said
            assert right.says in said
            assert not right.is_marked or is_upright(kept[0])


def send(browser: Browser, subject: str, photo: bytes) -> str:
    token = browser.get("/me").hidden()["csrf_token"]
    fields = {"csrf_token": token, "subject": subject, "slot": "other", "next": "/me"}
    body, content_type = multipart(fields, [("IMG_1.jpg", photo)])
    answer = browser.http.post("/documents", data=body, content_type=content_type)
    return "" if answer.status_code == 303 else " ".join(re.findall("<p>(.*?)</p>", answer.get_data(as_text=True)))
