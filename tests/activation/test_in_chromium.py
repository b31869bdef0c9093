"""What only a real browser shows of a refusal: where the focus goes, and that Back never asks to send a form twice."""

from collections.abc import Iterator

import pytest
from flask import Flask
from playwright.sync_api import Browser as Chromium
from playwright.sync_api import Page, expect

from tests.activation.story import NUMBER, arrive, enrol
from tests.kit.chromium import phone
from tests.kit.databases import Databases
from tests.kit.visitors import cookies_of


@pytest.fixture
def database_url(databases: Databases) -> Iterator[str]:
    with databases.fresh("sqlite") as url:
        yield url


@pytest.fixture
def page(app: Flask, chromium: Chromium, live_server: str) -> Iterator[Page]:
    """On the first step of activation, in a real browser."""
    enrol()
    browser = arrive(app)
    with phone(chromium, base_url=live_server, service_workers="block") as context:
        context.add_cookies(cookies_of(browser, live_server))
        shown = context.new_page()
        shown.goto("/activation")
        yield shown


def say_who(page: Page, *, name: str = "李明", number: str = NUMBER) -> None:
    page.get_by_label("姓名").fill(name)
    page.get_by_label("证件号码").fill(number)
    page.get_by_label("参保地").select_option("510603")
    page.get_by_role("button", name="下一步").click()


def test_a_refusal_is_read_first(page: Page) -> None:
    say_who(page, name="王芳")

    expect(page.locator("[data-enhance=error-focus]")).to_be_focused()
    assert page.title().startswith("有误：")


def test_back_after_a_mistake_shows_the_step_and_what_was_typed(page: Page) -> None:
    say_who(page, number="510600198506120019")
    expect(page.locator("#error-summary")).to_be_focused()
    page.goto("/help")

    page.go_back()

    expect(page.get_by_label("证件号码")).to_have_value("510600198506120019")
    expect(page.locator("#error-summary")).to_have_count(0)
