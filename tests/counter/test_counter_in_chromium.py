"""The counter by the keyboard alone: a slip is issued and printed, read from the paper, refused elsewhere and the second time."""

import os
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pypdfium2
import pytest
import zxingcpp
from flask import Flask
from PIL import Image
from playwright.sync_api import Browser as Chromium
from playwright.sync_api import Page, expect

from app.core import clock
from app.core.db import db, transaction
from app.credentials.service import activate_credential
from app.institutions.business_types import COUNTER
from app.institutions.models import Institution
from app.staff.models import Role
from tests.bureau.test_in_chromium import DESK, Keyboard
from tests.kit.chromium import phone, serve
from tests.kit.client import Browser
from tests.kit.databases import Databases
from tests.kit.looks import faults_in_all_looks, html_errors
from tests.kit.people import make_activated_account
from tests.kit.staff import staff_browser
from tests.kit.visitors import cookies_of
from tests.scanning.desk import ORG, Desk, assert_refused, make_desk

NUMBER = "510600199003070017"
SHOTS = os.environ.get("PZ_SHOTS", "")
DOTS_PER_MM = 300 / 25.4


@pytest.fixture
def database_url(databases: Databases) -> Iterator[str]:
    with databases.fresh("sqlite") as url:
        yield url


@pytest.fixture
def hospital(app: Flask) -> Desk:
    return make_desk(app, ORG)


@pytest.fixture
def clerk(app: Flask, hospital: Desk) -> Browser:
    """Signed in; 李明 has an active code, and the bureau's counter may scan."""
    make_desk(app, "H51060000009", scenes=[COUNTER], region="510699")
    account = make_activated_account()
    activate_credential(account.person_id or 0, by=f"account:{account.id}")
    browser = staff_browser(app, [Role.counter], username="chuangkou")
    clock.reset()
    return browser


def print_of(page: Page, file: Path) -> tuple[Image.Image, tuple[float, float]]:
    """The one page as it comes out of a printer of 300 dpi, and its size in mm."""
    page.pdf(path=file, prefer_css_page_size=True, print_background=False)
    with pypdfium2.PdfDocument(file) as document:
        assert len(document) == 1
        picture = document[0].render(scale=300 / 72).to_pil().convert("RGB")
        width, height = document[0].get_size()
    picture.save(file.with_suffix(".png"))
    return picture, (width / 72 * 25.4, height / 72 * 25.4)


def read_by_zbar(file: Path) -> list[str]:
    ended = subprocess.run(["zbarimg", "--raw", "-q", str(file)], capture_output=True, text=True)
    return ended.stdout.split()


def test_a_slip_is_issued_by_keyboard_printed_and_read_from_the_paper(
    app: Flask, clerk: Browser, hospital: Desk, chromium: Chromium, tmp_path: Path
) -> None:
    elsewhere = make_desk(app, "P51060000001", scenes=["02121"])
    with serve(app) as address, phone(chromium, base_url=address, service_workers="block", **DESK) as context:
        context.add_cookies(cookies_of(clerk, address))
        page = context.new_page()
        page.goto("/bureau/counter")
        keys = Keyboard(page)
        expect(page.get_by_label("医保码、十二位数字或身份证号")).to_be_focused()
        page.keyboard.type(NUMBER)
        keys.press("Enter")
        expect(page.get_by_label("证件原件已核对，是本人")).to_be_focused()
        keys.press("Space", "Enter")
        expect(page.get_by_label("用在哪家机构")).to_be_focused()
        page.keyboard.type(ORG)
        keys.press("Tab", "ArrowDown", "Tab", "Enter")
        expect(page.get_by_role("button", name="打印")).to_be_focused()
        assert keys.pressed == 7  # besides the two numbers; an eighth prints

        code = page.locator("svg[data-code]").get_attribute("data-code") or ""
        number = page.locator("[data-number]").inner_text()
        picture, size = print_of(page, tmp_path / "slip.pdf")
        if SHOTS:
            picture.save(f"{SHOTS}/slip-paper.png")
            page.screenshot(path=f"{SHOTS}/slip-page.png", full_page=True)

        page.goto("/bureau/counter")
        keys = Keyboard(page)
        expect(page.get_by_label("医保码、十二位数字或身份证号")).to_be_focused()
        page.keyboard.type(NUMBER)
        keys.press("Enter")
        expect(page.get_by_label("证件原件已核对，是本人")).to_be_focused()
        keys.press("Space", "Enter")
        expect(page.get_by_label("用在哪家机构")).to_be_focused()
        keys.press("Tab", "Tab", "Tab", "Enter")
        expect(page.get_by_role("button", name="打印")).to_be_focused()
        assert keys.pressed == 7
        letter, letter_size = print_of(page, tmp_path / "letter.pdf")
        if SHOTS:
            letter.save(f"{SHOTS}/letter-paper.png")

    assert [round(side) for side in size] == [105, 148] and [round(side) for side in letter_size] == [148, 210]
    (found,) = zxingcpp.read_barcodes(picture)
    assert found.text == code and read_by_zbar(tmp_path / "slip.png") == [code]
    corners = found.position
    assert (corners.top_right.x - corners.top_left.x) / DOTS_PER_MM >= 40
    assert re.fullmatch(r"\d{4} \d{4} \d{4}", number)
    db.session.rollback()
    assert_refused(elsewhere.scan(found.text, businessType="02121"), 1012)
    assert hospital.scan(found.text).json["data"]["extData"]["shownBy"] == "slip"
    assert_refused(hospital.scan(found.text), 1006, is_of_paper=True)
    assert_refused(hospital.scan(number), 1006, is_of_paper=True)


def test_every_page_of_the_counter_is_valid_accessible_and_fits(
    app: Flask, clerk: Browser, chromium: Chromium, tmp_path: Path
) -> None:
    with transaction():
        db.session.get_one(Institution, 1).name = "示范市人民医院（旌阳区人民路院区）"
    entry = clerk.get("/bureau/counter").hidden()
    search = clerk.post("/bureau/counter/entries", {"entry": NUMBER, "nonce": entry["nonce"]})
    visit = clerk.post(search.one("form", class_="form").attrs["action"], {"papers": "y"}).response.request.path
    slip = clerk.post(f"{visit}/slips", {"place": ORG, "purpose": "01301"})
    code = slip.one("svg", class_="paper-code").attrs["data-code"]
    clerk.get("/bureau/counter")
    refused = clerk.post("/bureau/counter/entries", {"entry": code, "nonce": "walk-through"})
    clerk.post(f"{visit}/letters", {"kind": "activation"})
    paths = [
        "/bureau",
        "/bureau/counter",
        search.response.request.path,
        visit,
        slip.response.request.path,
        f"{visit}/letter",
        f"{visit}/family",
        refused.response.request.path,
        "/bureau/counter/slips",
    ]
    found, files = [], []
    with serve(app) as address, phone(chromium, device_scale_factor=1, service_workers="block") as context:
        context.add_cookies(cookies_of(clerk, address))
        page = context.new_page()
        for path in paths:
            page.goto(address + path)
            found += [f"{path} {fault}" for fault in faults_in_all_looks(page)]
            files.append(tmp_path / f"{len(files)}.html")
            files[-1].write_text(clerk.get(path).html)
            if SHOTS:
                page.set_viewport_size({"width": 1366, "height": 768})
                page.emulate_media(color_scheme="light")
                page.goto(address + path)
                page.screenshot(path=f"{SHOTS}/window-{len(files)}.png", full_page=True)

    assert found == []
    assert html_errors(files) == []
