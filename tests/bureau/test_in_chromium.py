"""The desk as a reviewer sees it: checked like every page, and five cases cleared by the keyboard alone."""

import io
import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from playwright.sync_api import Browser as Chromium
from playwright.sync_api import Page, expect

from app.core import clock
from app.core.db import db
from app.documents.service import accept_page
from app.reviews import queries
from app.reviews.service import open_case
from app.staff.models import Role
from app.staff.service import add_staff
from tests.kit.chromium import phone, serve
from tests.kit.client import Browser
from tests.kit.databases import Databases
from tests.kit.documents import make_photo
from tests.kit.people import make_activated_account
from tests.kit.reviews import KIND, Outcomes
from tests.kit.staff import PASSWORD, make_staff, sign_in_staff, staff_browser
from tests.kit.visitors import cookies_of
from tests.kit.walks import faults_on_walks

CASES = 5
SHOTS = os.environ.get("PZ_SHOTS", "")
DESK = {"viewport": {"width": 1366, "height": 768}, "device_scale_factor": 1, "is_mobile": False, "has_touch": False}


@pytest.fixture
def database_url(databases: Databases) -> Iterator[str]:
    with databases.fresh("sqlite") as url:
        yield url


@pytest.fixture
def reviewer(app: Flask) -> Iterator[Browser]:
    """A reviewer, signed in; five cases wait, each with three pages."""
    outcomes = Outcomes()
    make_staff()
    owner = make_activated_account()
    for number in range(1, CASES + 1):
        for slot in ("birth_certificate", "register_holder", "register_member"):
            data = io.BytesIO(make_photo(1200, 1600))
            accept_page(owner=owner, subject=f"test_request:{number}", slot=slot, stream=data, name="IMG.jpg")
        open_case(f"test_request:{number}", KIND, "510603")
    browser = Browser(app)
    sign_in_staff(browser)
    clock.reset()
    yield browser
    assert outcomes.told == []


class Keyboard:
    """Presses keys and counts them."""

    def __init__(self, page: Page) -> None:
        self._page = page
        self.pressed = 0

    def press(self, *keys: str) -> None:
        for key in keys:
            self._page.keyboard.press(key)
            self.pressed += 1


def wait_for_case(page: Page, number: int) -> None:
    """Until this case is shown and listens to keys."""
    expect(page.get_by_role("heading", name=f"样例申请 {number} 号")).to_be_visible()
    expect(page.locator("[data-enhance=review-case][data-is-ready]")).to_be_attached()


def test_every_page_of_the_desk_is_valid_accessible_and_fits(
    app: Flask, reviewer: Browser, chromium: Chromium, tmp_path: Path
) -> None:
    newcomer, half = Browser(app), Browser(app)
    added = add_staff("wang.li", "王丽", agency="deyang", roles=[Role.agent], by="system")
    newcomer.get("/bureau/sign-in")
    newcomer.post("/bureau/sign-in", {"username": "wang.li", "password": added.one_time_password})
    half.get("/bureau/sign-in")
    half.post("/bureau/sign-in", {"username": "reviewer", "password": PASSWORD})
    reviewer.get("/bureau/cases")
    case = reviewer.post("/bureau/claims").response.request.path
    agent = staff_browser(app, [Role.agent], username="agent")
    agent.get("/bureau/calls")
    found_page = agent.post("/bureau/calls/searches", {"by": "name", "name": "李明", "tail": "0017"})
    opening = next(n.attrs["action"] for n in found_page.all("form") if n.attrs["action"].endswith("/call"))
    call = agent.post(opening).response.request.path
    walks = [
        (agent, ["/bureau", "/bureau/calls", found_page.response.request.path, call]),
        (Browser(app), ["/bureau/sign-in"]),
        (newcomer, ["/bureau/sign-in/second-factor"]),
        (half, ["/bureau/sign-in/second-factor"]),
        (reviewer, ["/bureau", "/bureau/me", "/bureau/sign-in/password", "/bureau/cases", case, "/bureau/cases/2"]),
    ]

    assert faults_on_walks(app, chromium, walks, tmp_path) == []


def test_five_cases_are_cleared_by_the_keyboard_alone(app: Flask, reviewer: Browser, chromium: Chromium) -> None:
    """Two keys approve a case and bring the next; eight send one back."""
    with serve(app) as address, phone(chromium, base_url=address, service_workers="block", **DESK) as context:
        context.add_cookies(cookies_of(reviewer, address))
        page = context.new_page()
        page.goto("/bureau/cases")
        keys = Keyboard(page)

        expect(page.get_by_role("button", name="领取下一件")).to_be_focused()
        keys.press("Enter")
        wait_for_case(page, 1)
        picture = page.get_by_role("img", name="出生医学证明 第 1 页")
        page.wait_for_function("() => [...document.images].every((image) => image.complete && image.naturalWidth)")
        before = picture.bounding_box()
        keys.press("1", "+")
        after = picture.bounding_box()
        assert before and after and after["width"] > before["width"] * 1.4
        keys.press("r")
        if SHOTS:
            page.screenshot(path=f"{SHOTS}/review-turned.png")
        keys.press("0")
        if SHOTS:
            page.screenshot(path=f"{SHOTS}/review.png")
        for number in range(1, 4):
            keys.press("a", "Enter")
            wait_for_case(page, number + 1)
        assert keys.pressed == 1 + 4 + 3 * 2

        start = keys.pressed
        keys.press("b", "ArrowDown")  # the first page: 看不清
        keys.press(*["Tab"] * 4)  # over two other pages and the whole request to the note
        keys.press("Tab", "Enter")
        wait_for_case(page, 5)
        assert keys.pressed - start == 8

        keys.press("u", "Enter")  # taken back within the minute
        wait_for_case(page, 4)
        keys.press("a", "Enter")
        wait_for_case(page, 5)
        keys.press("a", "Enter")
        expect(page.get_by_role("heading", name="待审核")).to_be_visible()
        expect(page.get_by_text("没有等您审核的了。")).to_be_visible()

    db.session.rollback()
    assert all(queries.get_case(n).is_pending for n in range(1, CASES + 1))


def test_keys_type_letters_in_the_note_and_rest_when_switched_off(app: Flask, reviewer: Browser, chromium: Chromium) -> None:
    """WCAG 2.1.4: single keys can be turned off."""
    with serve(app) as address, phone(chromium, base_url=address, service_workers="block", **DESK) as context:
        context.add_cookies(cookies_of(reviewer, address))
        page = context.new_page()
        page.goto("/bureau/cases")
        expect(page.get_by_role("button", name="领取下一件")).to_be_focused()
        page.keyboard.press("Enter")
        wait_for_case(page, 1)
        note = page.get_by_label("写给申请人的话")
        note.press_sequentially("abu")
        expect(note).to_have_value("abu")

        note.press("Escape")
        page.get_by_label("使用快捷键").uncheck()
        page.keyboard.press("a")
        expect(page.get_by_role("button", name="通过", exact=True)).not_to_be_focused()
        page.reload()
        wait_for_case(page, 1)
        expect(page.get_by_label("使用快捷键")).not_to_be_checked()


def test_without_script_a_case_is_decided_all_the_same(app: Flask, reviewer: Browser, chromium: Chromium) -> None:
    with serve(app) as address, phone(chromium, base_url=address, java_script_enabled=False, **DESK) as context:
        context.add_cookies(cookies_of(reviewer, address))
        page = context.new_page()
        page.goto("/bureau/cases")
        page.get_by_role("button", name="领取下一件").click()
        expect(page.locator(".paper img")).to_have_count(3)
        expect(page.get_by_text("快捷键")).to_be_hidden()

        page.get_by_label("出生医学证明 第 1 页").last.select_option("glare")
        page.get_by_role("button", name="退回补正").click()

        expect(page.get_by_role("heading", name="样例申请 2 号")).to_be_visible()
