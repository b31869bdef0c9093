"""The box to sign in, on a phone: it is there when it can be used, writing chooses it, and nobody signs twice."""

from collections.abc import Iterator

import pytest
from flask import Flask
from playwright.sync_api import Browser as Chromium
from playwright.sync_api import Page, expect

from app.accounts.queries import find_account_by_phone
from app.accounts.service import load_notices
from app.core.db import db
from app.letters import service
from app.letters.models import Letter, SignatureKind
from tests.kit.chromium import phone, wait_for_script
from tests.kit.client import Browser
from tests.kit.databases import Databases
from tests.kit.visitors import PHONE, activated_browser, cookies_of
from tests.letters.test_letter_pdf import FACTS

INK = """() => {
  const canvas = document.querySelector(".signature-pad");
  return canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height).data.some((value) => value > 0);
}"""


@pytest.fixture
def database_url(databases: Databases) -> Iterator[str]:
    with databases.fresh("sqlite") as url:
        yield url


@pytest.fixture
def holder(app: Flask) -> Browser:
    load_notices()
    return activated_browser(app)


@pytest.fixture
def letter(holder: Browser) -> Letter:
    account = find_account_by_phone(PHONE)
    assert account is not None
    return service.prepare_letter(subject="family_request:7", owner_account_id=account.id, facts=FACTS, return_to="/me")


@pytest.fixture
def page(holder: Browser, chromium: Chromium, live_server: str, letter: Letter) -> Iterator[Page]:
    with phone(chromium, base_url=live_server, service_workers="block") as context:
        context.add_cookies(cookies_of(holder, live_server))
        opened = context.new_page()
        opened.goto(f"/letters/{letter.id}")
        wait_for_script(opened)
        yield opened


def write(page: Page) -> None:
    page.locator(".signature-pad").scroll_into_view_if_needed()
    box = page.locator(".signature-pad").bounding_box()
    assert box
    page.mouse.move(box["x"] + 30, box["y"] + 30)
    page.mouse.down()
    page.mouse.move(box["x"] + 200, box["y"] + 90, steps=8)
    page.mouse.up()


def test_the_first_stroke_chooses_to_write(page: Page, letter: Letter) -> None:
    expect(page.get_by_label("在屏幕上手写")).not_to_be_checked()

    write(page)

    expect(page.get_by_label("在屏幕上手写")).to_be_checked()
    page.get_by_role("button", name="签名并继续").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("我的")
    db.session.rollback()
    db.session.refresh(letter)
    assert letter.signature is SignatureKind.drawn


def test_the_box_is_hidden_when_another_way_is_chosen(page: Page) -> None:
    page.get_by_label("输入姓名").check()

    expect(page.locator(".signature-pad")).to_be_hidden()
    expect(page.get_by_label("您的姓名")).to_be_visible()


def test_what_was_written_is_still_there_after_a_refusal(page: Page, letter: Letter) -> None:
    write(page)
    page.get_by_label("输入姓名").check()
    page.get_by_label("您的姓名").fill("别人")
    page.get_by_role("button", name="签名并继续").click()
    expect(page.locator(".error-summary")).to_be_visible()
    wait_for_script(page)

    page.get_by_label("在屏幕上手写").check()
    assert page.evaluate(INK)
    page.get_by_role("button", name="签名并继续").click()

    expect(page.get_by_role("heading", level=1)).to_have_text("我的")
    db.session.rollback()
    db.session.refresh(letter)
    assert letter.signature is SignatureKind.drawn


def test_without_script_there_is_no_dead_box(holder: Browser, chromium: Chromium, live_server: str, letter: Letter) -> None:
    with phone(chromium, base_url=live_server, java_script_enabled=False) as context:
        context.add_cookies(cookies_of(holder, live_server))
        opened = context.new_page()
        opened.goto(f"/letters/{letter.id}")

        expect(opened.locator(".signature-pad")).to_be_hidden()
        assert "网页脚本没有运行，不能在屏幕上手写。" in opened.locator("main").inner_text()
