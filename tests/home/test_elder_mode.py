"""Larger type as 工信部 2021 counts it: main text 18 px and up to 30, main targets 60 x 60, line spacing 1.3; and its voice."""

from collections.abc import Iterator
from typing import Any

import pytest
from flask import Flask
from playwright.sync_api import Browser as Chromium
from playwright.sync_api import Page, expect

from app.regions.service import load_regions
from tests.credentials.phones import type_pin
from tests.kit.chromium import phone, serve
from tests.kit.client import Browser
from tests.kit.people import PIN
from tests.kit.visitors import activated_browser, cookies_of

pytestmark = pytest.mark.one_database

PAGES = ("/", "/services", "/me", "/help", "/help/hotlines", "/inbox", "/elder-mode", "/code", "/lost")
STRANGERS_PAGES = ("/", "/sign-in", "/activation", "/help/faq")
LARGE, LARGEST = 22, 30

only_sqlite = pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)  # what is measured does not depend on it

# Text the eye reads (not hidden from it) below the wanted size, set too tight; and what is pressed to get on, smaller than 60 px.
MEASURE = """(wanted) => {
  const seen = (e) => e.checkVisibility() && e.getClientRects().length && !e.closest(".visually-hidden, .skip-link, [aria-hidden]");
  const size = (e) => parseFloat(getComputedStyle(e).fontSize);
  const name = (e) => `${e.tagName}.${e.className} ${size(e)}: ${e.textContent.trim().slice(0, 20)}`;
  const all = (selector) => [...document.querySelectorAll(selector)].filter(seen);
  const worded = (e) => [...e.childNodes].some((n) => n.nodeType === 3 && n.data.trim());
  const read = all("main *, .site-nav span, .site-footer *").filter(worded);
  const pressed = all("main .button, main button, .row-link, main input:not([type=checkbox], [type=radio]), select, .site-nav a");
  const narrow = (e) => { const box = e.getBoundingClientRect(); return box.width < 59.5 || box.height < 59.5; };
  return {
    small: read.filter((e) => !e.matches(".size-sample") && size(e) < wanted.small).map(name),
    main: read.filter((e) => e.matches("p:not([class]), li:not([class]), label, .lead, .row-link > span, .button"))
      .filter((e) => !e.closest(".code-screen, .size-choice, .site-footer") && size(e) < wanted.main).map(name),
    tight: read.filter((e) => e.matches("p, li, dd") && parseFloat(getComputedStyle(e).lineHeight) < 1.3 * size(e)).map(name),
    pressed: pressed.filter(narrow).map(name),
  };
}"""


@pytest.fixture
def bureau(app: Flask) -> None:
    load_regions()


@pytest.fixture
def reader(app: Flask, bureau: None, chromium: Chromium) -> Iterator[tuple[Page, str]]:
    """A phone whose owner is activated, with a voice that writes down what it is asked to say."""
    with serve(app) as address, phone(chromium, service_workers="block") as context:
        context.add_cookies(cookies_of(activated_browser(app), address))
        context.add_init_script(
            "window.said = []; Object.defineProperty(window, 'speechSynthesis', "
            "{ value: { speak: (s) => said.push([s.lang, s.text]), cancel: () => {} } });"
        )
        yield context.new_page(), address


def enlarge(page: Page, address: str, elder: str) -> None:
    page.context.add_cookies([{"name": "elder", "value": elder, "url": address}])


def unlock(page: Page, address: str) -> None:
    page.goto(address + "/code")
    type_pin(page, PIN)
    page.locator("[data-code]").wait_for()


def press_read_aloud(page: Page) -> None:
    """Once its script listens."""
    page.locator("[data-enhance=read-aloud][data-is-ready]", has_text="读给我听").click()


@pytest.mark.parametrize(("elder", "size"), [("1", LARGE), ("2", LARGEST)])
@only_sqlite
def test_every_main_page_is_as_large_as_the_rule_asks(reader: tuple[Page, str], elder: str, size: int) -> None:
    page, address = reader
    enlarge(page, address, elder)
    faults: dict[str, Any] = {}

    def look(path: str) -> None:
        found = page.evaluate(MEASURE, {"small": 18, "main": size})
        faults.update({f"{path} {rule}": where for rule, where in found.items() if where})

    for path in PAGES:
        page.goto(address + path)
        look(path)
    unlock(page, address)
    look("the unlocked code")
    page.context.clear_cookies(name="pz")
    for path in STRANGERS_PAGES:
        page.goto(address + path)
        look(f"{path}, nobody signed in")

    assert faults == {}


@only_sqlite
def test_the_voice_says_how_things_stand_and_reads_the_digits(reader: tuple[Page, str]) -> None:
    page, address = reader
    enlarge(page, address, "1")

    page.goto(address + "/")
    press_read_aloud(page)
    expect(page.get_by_role("button", name="停止朗读")).to_be_visible()
    assert page.evaluate("said")[0][0] == "zh-CN"
    assert "请按大按键“出示医保码”" in page.evaluate("said")[0][1]

    page.goto(address + "/help/hotlines")
    press_read_aloud(page)
    assert page.evaluate("said")[0][1].startswith("咨询电话")

    unlock(page, address)
    digits = page.locator("[data-typed]").inner_text().replace(" ", "")
    page.get_by_role("button", name="朗读").click()
    spoken = page.evaluate("said").pop()[1]
    assert spoken.startswith("本人")
    assert "".join(c for c in spoken if c.isdigit()) == digits


@only_sqlite
def test_without_a_voice_no_button_promises_one(app: Flask, bureau: None, chromium: Chromium) -> None:
    with serve(app) as address, phone(chromium, service_workers="block") as context:
        context.add_init_script("delete window.speechSynthesis; delete Window.prototype.speechSynthesis;")
        page = context.new_page()
        enlarge(page, address, "1")
        page.goto(address + "/")

        expect(page.locator(".read-aloud")).to_have_count(0)


def test_the_larger_type_has_two_sizes_and_a_way_back(app: Flask, bureau: None) -> None:
    browser = Browser(app)
    browser.get("/elder-mode")

    assert browser.post("/elder-mode", {"elder": "1", "next": "/elder-mode"}).one("html").attrs["data-elder"] == "large"
    assert browser.post("/elder-mode", {"elder": "2", "next": "/elder-mode"}).one("html").attrs["data-elder"] == "largest"
    page = browser.post("/elder-mode", {"elder": "7", "next": "/elder-mode"})
    assert "data-elder" not in page.one("html").attrs


def test_higher_contrast_is_a_choice_of_its_own(app: Flask, bureau: None) -> None:
    browser = Browser(app)
    browser.get("/elder-mode")
    browser.post("/elder-mode", {"elder": "1", "next": "/elder-mode"})

    page = browser.post("/elder-mode", {"contrast": "high", "next": "/elder-mode"})
    assert page.one("html").attrs["data-contrast"] == "high"
    assert page.one("html").attrs["data-elder"] == "large"
    page = browser.post("/elder-mode", {"contrast": "standard", "next": "/elder-mode"})
    assert "data-contrast" not in page.one("html").attrs


def test_the_larger_type_is_found_from_home_from_me_and_from_the_help(app: Flask, bureau: None) -> None:
    assert Browser(app).get("/").all("a", href="/elder-mode")
    assert activated_browser(app).get("/me").all("a", href="/elder-mode")
