"""The pages of figures in a real Chromium, after the job has counted: what is drawn, what the table says, what is taken away."""

import csv
import re
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask
from playwright.sync_api import Browser as Chromium
from playwright.sync_api import Page, expect

from app.core import clock
from app.figures import service
from app.figures.models import Figure
from app.staff.models import Role
from tests.figures.city import City
from tests.kit.chromium import lead_on, phone, serve
from tests.kit.databases import Databases
from tests.kit.looks import LOOKS, faults_in, faults_in_all_looks, html_errors
from tests.kit.staff import staff_browser
from tests.kit.visitors import cookies_of

# One template: every kind of chart in every look, each page in one of them.
PAGES = ("", "/activations", "/steps", "/reviews", "/scans", "/protection", "/families")
DRAWN = """(svg) => {
  const top = Number([...svg.querySelectorAll(".chart-tick")].at(-1).textContent.replace(",", ""));
  return [...svg.querySelectorAll(".chart-mark")].map((mark) => Math.round(mark.height.baseVal.value * top / 100));
}"""


@pytest.fixture
def database_url(databases: Databases) -> Iterator[str]:
    with databases.fresh("sqlite") as url:
        yield url


def test_what_was_counted_is_drawn_tabled_and_taken_away(app: Flask, chromium: Chromium, tmp_path: Path) -> None:
    clerk = staff_browser(app, [Role.sysadmin], username="clerk")
    city = City(seed=11)
    city.live(clock.now() - timedelta(days=6), clock.now(), 250)
    service.count_days(clock.today() - timedelta(days=6), clock.today())
    found, files = [], []

    with serve(app) as address, phone(chromium, base_url=address, device_scale_factor=1, service_workers="block") as context:
        context.add_cookies(cookies_of(clerk, address))
        page = context.new_page()
        for number, path in enumerate(PAGES):
            page.goto(f"/bureau/figures{path}")
            faults = faults_in_all_looks(page) if path == "/activations" else faults_in(page, LOOKS[number % len(LOOKS)])
            found += [f"{path} {fault}" for fault in faults]
            files.append(tmp_path / f"{len(files)}.html")
            files[-1].write_text(clerk.get(f"/bureau/figures{path}").html)

        page.goto("/bureau/figures")
        lead_on(page.get_by_role("link", name="扫码", exact=True))
        lead_on(page.get_by_role("link", name="7 天"))
        expect(page.get_by_role("heading", level=1, name="扫码")).to_be_visible()
        days = table_behind(page, "扫码成功")
        drawn = page.get_by_role("img", name="扫码成功").evaluate(DRAWN)
        reasons = table_behind(page, "为什么拒绝")
        told = page.get_by_role("img", name="为什么拒绝").locator(".chart-number").all_text_contents()
        with page.expect_download() as taking:
            page.get_by_role("link", name=re.compile("下载这张表（CSV）.*扫码成功")).click()
        with open(taking.value.path(), encoding="utf-8-sig", newline="") as file:
            taken = list(csv.reader(file))[1:]

    accepted = [sum(city.expected[day, Figure.scan, place[1], str(place[0])] for place in city.places) for day in week()]
    assert found == [] and html_errors(files) == []
    assert [int(row[1]) for row in days] == accepted == [int(row[1]) for row in taken]
    assert drawn == [value for value in reversed(accepted) if value]
    assert told == [f"{row[1]} · {row[2]}" for row in reasons] and len(told) == 4


def week() -> list[object]:
    """Its days, the last first."""
    return [clock.today() - timedelta(days=ago) for ago in range(7)]


def table_behind(page: Page, title: str) -> list[list[str]]:
    """Opens what hides it."""
    card = page.get_by_role("region", name=title, exact=True).filter(has=page.locator("details"))
    card.locator("summary").click()
    return [row.locator("th, td").all_inner_texts() for row in card.locator("tbody tr").all()]
