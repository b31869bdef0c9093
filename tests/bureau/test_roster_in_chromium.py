"""A roster sent, checked, applied and taken back in a real browser, with script and without; each page looked at on the way."""

import os
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from flask import Flask
from playwright.sync_api import Browser as Chromium
from playwright.sync_api import Page, expect
from sqlalchemy import select

from app.core import clock, jobs
from app.core.db import db
from app.core.jobs.models import Job, JobState
from app.roster.queries import find_person
from app.staff.models import Role
from tests.kit.chromium import lead_on, phone, serve
from tests.kit.client import Browser
from tests.kit.databases import Databases
from tests.kit.looks import faults_in_all_looks, html_errors
from tests.kit.roster import HEADER, RETIREE, WORKER, count_people, save
from tests.kit.staff import staff_browser
from tests.kit.visitors import cookies_of

SHOTS = os.environ.get("PZ_SHOTS", "")
DESK = {"viewport": {"width": 1366, "height": 768}, "device_scale_factor": 1, "is_mobile": False, "has_touch": False}
FILE = HEADER + WORKER.replace(",310,1", ",310,2") + RETIREE + "01,51060019580101007x,=1+1,510604,310,1\n"


@pytest.fixture
def database_url(databases: Databases) -> Iterator[str]:
    with databases.fresh("sqlite") as url:
        yield url


@pytest.fixture
def keeper(app: Flask) -> Browser:
    """A member who keeps the roster, in which one person stands."""
    save()
    browser = staff_browser(app, [Role.sysadmin], username="keeper")
    clock.reset()
    return browser


def work() -> None:
    db.session.rollback()
    for job_id in list(db.session.scalars(select(Job.id).where(Job.state == JobState.waiting).order_by(Job.id))):
        jobs.run_job(job_id)


def choose(page: Page, content: str = FILE) -> None:
    page.goto("/bureau/roster")
    page.get_by_label("名册文件").set_input_files({"name": "名册.csv", "mimeType": "text/csv", "buffer": content.encode()})
    page.get_by_role("button", name="上传并核对").click()


def test_a_roster_is_sent_checked_applied_and_taken_back(app: Flask, keeper: Browser, chromium: Chromium, tmp_path: Path) -> None:
    app.config["SETTINGS"] = replace(app.config["SETTINGS"], job_runner="own")
    found: list[str] = []
    files: list[Path] = []

    def look(page: Page, name: str) -> None:
        if SHOTS:
            page.screenshot(path=f"{SHOTS}/roster-{name}.png", full_page=True)
        found.extend(f"{name} {fault}" for fault in faults_in_all_looks(page))
        files.append(tmp_path / f"{name}.html")
        files[-1].write_text(keeper.get(page.url[page.url.index("/bureau") :]).html)

    with serve(app) as address, phone(chromium, base_url=address, service_workers="block", **DESK) as context:
        context.add_cookies(cookies_of(keeper, address))
        page = context.new_page()
        choose(page)
        expect(page.get_by_role("heading", name="核对名册")).to_be_visible()
        look(page, "waiting")
        work()
        expect(page.get_by_text("名册还没有改动")).to_be_visible()  # the page goes on by itself
        page.get_by_text("前 1 处").click()
        look(page, "checked")
        href = page.get_by_role("link", name="下载文件").get_attribute("href")
        file = page.request.get(f"{address}{href}")
        assert "attachment" in file.headers["content-disposition"] and "这一格是公式" in file.text()
        page.get_by_label("导入其余的行，不能导入的跳过").check()
        page.get_by_role("button", name="导入", exact=True).click()
        expect(page.get_by_text("正在排队")).to_be_visible()
        work()
        expect(page.get_by_text("已经导入")).to_be_visible()
        assert count_people() == 2
        lead_on(page.get_by_role("link", name="看这次导入，或撤销"))
        look(page, "import")
        page.get_by_label("我确认要撤销这次导入").check()
        page.get_by_role("button", name="撤销这次导入").click()
        expect(page.get_by_text("正在排队")).to_be_visible()
        work()
        expect(page.get_by_text("去掉新增")).to_be_visible()
        assert count_people() == 1
        page.get_by_role("link", name="回到名册").click()
        expect(page.get_by_role("cell", name="已撤销")).to_be_visible()
        look(page, "roster")
        page.goto("/bureau/reports")
        look(page, "reports")
        page.goto("/bureau/roster/persons")
        look(page, "search")
        page.goto("/bureau/roster/persons/1")
        look(page, "person")

    assert found == []
    assert html_errors(files) == []


def test_without_script_everything_can_be_decided(app: Flask, keeper: Browser, chromium: Chromium) -> None:
    with (
        serve(app) as address,
        phone(chromium, base_url=address, service_workers="block", java_script_enabled=False, **DESK) as context,
    ):
        context.add_cookies(cookies_of(keeper, address))
        page = context.new_page()
        choose(page, HEADER + WORKER.replace(",310,1", ",310,died") + RETIREE)
        expect(page.get_by_text("名册还没有改动")).to_be_visible()
        page.get_by_role("button", name="导入", exact=True).click()
        expect(page.get_by_text("已经导入")).to_be_visible()
        page.get_by_role("link", name="看这次导入，或撤销").click()
        page.get_by_label("我确认要撤销这次导入").check()
        page.get_by_role("button", name="撤销这次导入").click()
        expect(page.get_by_text("改回原样")).to_be_visible()
        assert count_people() == 1

        page.goto("/bureau/roster/persons")
        page.get_by_label("证件号码", exact=True).fill("510600199003070017")
        page.get_by_role("button", name="查找").first.click()
        page.get_by_label("暂停参保").check()
        page.get_by_label("看到了证明材料").check()
        page.get_by_role("button", name="改状态").click()
        expect(page.get_by_text("已改为“暂停参保”，现在就生效")).to_be_visible()

    db.session.rollback()
    person = find_person("01", "510600199003070017")
    assert person is not None and person.status.value == "2"
