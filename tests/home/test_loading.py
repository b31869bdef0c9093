"""Nothing moves while a page loads, nor when its scripts wake up."""

import pytest
from flask import Flask
from playwright.sync_api import Browser as Chromium

from app.help.service import load_help_texts
from app.regions.service import load_regions
from tests.credentials.phones import type_pin
from tests.kit.chromium import phone, serve
from tests.kit.people import PIN
from tests.kit.visitors import activated_browser, cookies_of

pytestmark = pytest.mark.one_database

WATCH = """window.shifts = 0; new PerformanceObserver((list) => {
  for (const entry of list.getEntries()) window.shifts += entry.value;
}).observe({ type: "layout-shift", buffered: true });"""
PAGES = ("/", "/services", "/me", "/help", "/code", "/inbox", "/elder-mode")


@pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)
@pytest.mark.parametrize("elder", ["", "1"])
def test_nothing_shifts(app: Flask, chromium: Chromium, elder: str) -> None:
    load_regions()
    load_help_texts()
    shifted: dict[str, float] = {}
    with serve(app) as address, phone(chromium, service_workers="block") as context:
        context.add_init_script(WATCH)
        context.add_cookies(cookies_of(activated_browser(app), address))
        if elder:
            context.add_cookies([{"name": "elder", "value": elder, "url": address}])
        page = context.new_page()
        for path in PAGES:
            page.goto(address + path, wait_until="networkidle")
            shifted[path] = page.evaluate("shifts")
        page.goto(address + "/code")
        type_pin(page, PIN)
        page.locator("[data-code]").wait_for()
        page.reload(wait_until="networkidle")
        shifted["the unlocked code"] = page.evaluate("shifts")

    assert {path: value for path, value in shifted.items() if value > 0.001} == {}
