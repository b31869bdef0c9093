"""The upload form on a phone: photos are looked at first, and a broken connection costs one piece."""

import fcntl
import io
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask, render_template_string
from PIL import Image, ImageFilter
from playwright.sync_api import Browser as Chromium
from playwright.sync_api import Page, Route

from app import create_app
from app.core.assets import asset
from app.core.db import db
from app.core.settings import settings
from app.documents import queries
from app.documents.models import PageState
from tests.kit.chromium import phone, serve
from tests.kit.databases import Databases
from tests.kit.documents import SUBJECT, encode, make_pdf, make_photo, make_picture
from tests.kit.settings import make_settings
from tests.kit.visitors import activated_browser, cookies_of

SEND = re.compile("^发送 ?：")
TEMPLATE = (
    "{% from 'components/upload.html' import upload %}"
    "{{ upload(subject=subject, slot='other', label='出生医学证明', hint='请拍正面。', pages=[], action='/me') }}"
)
LOAD_HTML = """(html) => {
  const token = document.querySelector('input[name=csrf_token]').value;
  const parsed = new DOMParser().parseFromString(html, 'text/html');
  document.querySelector('main').replaceChildren(...parsed.body.childNodes);
  for (const field of document.querySelectorAll('main input[name=csrf_token]')) field.value = token;
}"""
LOAD = f"""async ([html, module]) => {{
  ({LOAD_HTML})(html);
  window.uploadModule = module;
  await import(module);
}}"""


@pytest.fixture
def app(databases: Databases, tmp_path: Path) -> Iterator[Flask]:
    with databases.fresh("sqlite") as url:
        made = create_app(make_settings(database_url=url, instance_path=tmp_path))
        with made.app_context():
            yield made
            db.session.remove()
            db.engine.dispose()


@pytest.fixture
def form(app: Flask, chromium: Chromium) -> Iterator[Page]:
    """The component on a page of its own, run by its script."""
    browser = activated_browser(app)
    browser.get("/me")
    with app.test_request_context():
        html, module = render_template_string(TEMPLATE, subject=SUBJECT), asset("js/enhance/document-upload.js")
    with serve(app) as address, phone(chromium, service_workers="block") as context:
        context.add_cookies(cookies_of(browser, address))
        page = context.new_page()
        page.goto(address + "/me")
        page.evaluate(LOAD, [html, module])
        yield page


def choose(page: Page, *files: tuple[str, str, bytes]) -> None:
    chosen = [{"name": name, "mimeType": kind, "buffer": data} for name, kind, data in files]
    page.get_by_label("拍照或选文件").set_input_files(chosen)


def glaring() -> bytes:
    """A page in a dim room with a lamp's reflection on it."""
    dim = make_picture(1600, 1200).point(lambda value: value * 0.7)
    dim.paste((255, 255, 255), (500, 300, 1000, 800))
    return encode(dim)


def test_photos_are_looked_at_before_they_are_sent(form: Page) -> None:
    blurred = encode(make_picture(1600, 1200).filter(ImageFilter.GaussianBlur(14)))
    files = {
        "good.jpg": (make_photo(1600, 1200), "看得清楚"),
        "blurred.jpg": (blurred, "有些模糊"),
        "glare.jpg": (glaring(), "有反光"),
        "small.jpg": (make_photo(400, 300), "太小了"),
        "large.jpg": (b"\xff\xd8\xff" + bytes(11 << 20), "超过了 10 MB"),
        "empty.jpg": (b"", "是空的"),
    }

    choose(form, *((name, "image/jpeg", data) for name, (data, _) in files.items()))

    checks = form.locator(".upload-check")
    checks.nth(5).get_by_text("是空的").wait_for()
    for number, (_, said) in enumerate(files.values()):
        assert said in checks.nth(number).inner_text()
    assert form.get_by_role("button", name="仍然发送这一张").count() == 3


def test_files_are_sent_in_pieces_and_go_on_after_a_break(app: Flask, form: Page) -> None:
    noisy = encode(Image.effect_noise((1600, 1200), 90).convert("RGB"), quality=92)
    blurred = encode(make_picture(1600, 1200).filter(ImageFilter.GaussianBlur(14)))
    broken: list[str] = []

    def break_twice(route: Route) -> None:
        if route.request.method == "PATCH" and route.request.headers["upload-offset"] != "0" and len(broken) < 2:
            broken.append(route.request.url)
            route.abort()
        else:
            route.continue_()

    form.route("**/documents/uploads/*", break_twice)
    choose(form, ("a.jpg", "image/jpeg", noisy), ("b.jpg", "image/jpeg", blurred), ("c.pdf", "application/pdf", make_pdf(2)))
    form.get_by_role("button", name="仍然发送这一张").click()
    form.get_by_role("button", name=SEND).click()
    form.get_by_role("heading", level=1, name="我的").wait_for(timeout=30_000)

    assert len(broken) == 2
    pages = queries.list_pages(SUBJECT)
    assert [page.state for page in pages] == [PageState.ready] * 4
    assert len(noisy) > 3 * 512 * 1024


def test_while_others_photos_are_read_it_waits_its_turn_and_goes_by_itself(app: Flask, form: Page) -> None:
    with open(settings.instance_path / "photos.lock", "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        choose(form, ("a.jpg", "image/jpeg", make_photo(1600, 1200)))
        form.get_by_text("看得清楚").wait_for()
        form.get_by_role("button", name=SEND).click()
        form.get_by_text("正在排队").wait_for(timeout=30_000)
        kept_meanwhile = len(queries.list_pages(SUBJECT))
        db.session.rollback()
    form.get_by_role("heading", level=1, name="我的").wait_for(timeout=30_000)

    assert (kept_meanwhile, len(queries.list_pages(SUBJECT))) == (0, 1)


def test_what_does_not_arrive_is_said_also_after_the_page_shows_what_did(app: Flask, form: Page) -> None:
    blurred = ("blurred.jpg", "image/jpeg", encode(make_picture(1600, 1200).filter(ImageFilter.GaussianBlur(14))))
    notes = ("notes.jpg", "image/jpeg", b"PK\x03\x04" + io.BytesIO(bytes(3000)).getvalue())
    html, module = form.evaluate("() => [document.querySelector('main').innerHTML, window.uploadModule]")

    choose(form, blurred)
    form.get_by_role("button", name="仍然发送这一张").wait_for()
    form.get_by_role("button", name=SEND).click()
    form.get_by_text("还没有发出").wait_for()
    choose(form, notes)
    form.get_by_text("notes.jpg").wait_for()
    form.get_by_role("button", name=SEND).click()
    form.get_by_text("这不是照片，也不是 PDF").wait_for()
    choose(form, ("good.jpg", "image/jpeg", make_photo(1600, 1200)), notes, blurred)
    form.get_by_role("button", name="仍然发送这一张").wait_for()
    form.get_by_role("button", name=SEND).click()
    form.get_by_role("heading", level=1, name="我的").wait_for(timeout=30_000)
    form.evaluate(LOAD, [html, module])

    assert form.locator(".upload-check").all_inner_texts()[0].startswith("notes.jpg 这不是照片")
    assert form.locator(".upload-check").all_inner_texts()[1].startswith("blurred.jpg 这张有些模糊")
    assert len(queries.list_pages(SUBJECT)) == 1


def test_a_photo_chosen_before_the_script_came_is_looked_at_and_sent(app: Flask, form: Page) -> None:
    html, module = form.evaluate("() => [document.querySelector('main').innerHTML, window.uploadModule]")
    form.reload()
    form.evaluate(LOAD_HTML, html)
    choose(form, ("good.jpg", "image/jpeg", make_photo(1600, 1200)))

    form.evaluate("(module) => import(module)", module)

    form.locator(".upload-check").get_by_text("看得清楚").wait_for()
    form.get_by_role("button", name=SEND).click()
    form.get_by_role("heading", level=1, name="我的").wait_for(timeout=30_000)
    assert [page.state for page in queries.list_pages(SUBJECT)] == [PageState.ready]


def test_a_fault_in_the_script_sends_the_photo_as_without_script(app: Flask, form: Page) -> None:
    """And says nothing of a network that is there."""
    choose(form, ("good.jpg", "image/jpeg", make_photo(1600, 1200)))
    form.locator(".upload-check").get_by_text("看得清楚").wait_for()
    form.evaluate("() => { Blob.prototype.slice = () => { throw new TypeError('no such thing here'); } }")

    form.get_by_role("button", name=SEND).click()

    form.get_by_role("heading", level=1, name="我的").wait_for(timeout=30_000)
    assert [page.state for page in queries.list_pages(SUBJECT)] == [PageState.ready]


def test_an_engine_without_bitmaps_looks_at_the_photo_too(form: Page) -> None:
    form.evaluate("() => { delete window.createImageBitmap; }")

    choose(form, ("small.jpg", "image/jpeg", make_photo(400, 300)))

    form.locator(".upload-check").get_by_text("太小了").wait_for()
    assert form.locator(".upload-preview").evaluate("(canvas) => [canvas.width, canvas.height]") == [400, 300]
