"""Staff in a real browser: the first run, a clerk's first and last day, and the pages checked like every page."""

import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from flask import Flask
from playwright.sync_api import Browser as Chromium
from playwright.sync_api import Page, Route, expect

from app import create_app
from app.config import Mode
from app.core import clock
from app.core.db import db
from app.staff.models import Role
from app.staff.queries import find_staff
from app.staff.rights import Right
from app.staff.service import add_staff, ask_approval, post_staff_message
from tests.kit.chromium import lead_on, phone, serve
from tests.kit.databases import Databases
from tests.kit.looks import faults_in_all_looks, html_errors
from tests.kit.settings import make_settings
from tests.kit.staff import make_staff, staff_browser
from tests.kit.visitors import cookies_of
from tests.setup.test_first_run import REAL_FIELDS, STAFF, code_of

DESK = {"viewport": {"width": 1366, "height": 768}, "device_scale_factor": 1, "is_mobile": False, "has_touch": False}
PASSWORD = re.compile(r"(?:\w{5}-){3}\w{5}")
AUTHENTICATOR = {
    "protocol": "ctap2",
    "transport": "internal",
    "hasResidentKey": True,
    "hasUserVerification": True,
    "isUserVerified": True,
    "automaticPresenceSimulation": True,
}


@pytest.fixture
def database_url(databases: Databases) -> Iterator[str]:
    with databases.fresh("sqlite") as url:
        yield url


def test_every_page_about_staff_is_valid_accessible_and_fits(app: Flask, chromium: Chromium, tmp_path: Path) -> None:
    object.__setattr__(app.config["SETTINGS"], "separation", "small")
    secadmin = staff_browser(app, [Role.secadmin], username="anquan")
    sysadmin, auditor = make_staff("xitong", [Role.sysadmin]), make_staff("shenji", [Role.auditadmin])
    member = find_staff("anquan")
    assert member is not None
    ask_approval("staff_reset", auditor.actor, by=sysadmin, right=Right.approve_roles)
    ask_approval("staff_reset", sysadmin.actor, by=member, right=Right.approve_roles)
    added = add_staff("xin.ren", "新人", agency="deyang", roles=[Role.counter], by="system", started_by=sysadmin)
    assert added.one_time_password.count("-") == 1
    post_staff_message(member.id, "题目", "内容", href="/bureau/approvals")
    clock.reset()
    pages = ["/bureau", "/bureau/staff", "/bureau/staff?q=none", "/bureau/staff/new", f"/bureau/staff/{auditor.id}"]
    pages += ["/bureau/approvals", "/bureau/messages", "/bureau/me", f"/bureau/staff/{member.id}"]
    found, files = [], []
    with serve(app) as address, phone(chromium, device_scale_factor=1, service_workers="block") as context:
        address = address.replace("127.0.0.1", "localhost")
        context.add_cookies(cookies_of(secadmin, address))
        page = context.new_page()
        for path in pages:
            page.goto(address + path)
            found += [f"{path} {fault}" for fault in faults_in_all_looks(page)]
            files.append(tmp_path / f"{len(files)}.html")
            files[-1].write_text(secadmin.get(path).html)
        page.goto(address + "/bureau/staff/new")
        lead_on(page.get_by_role("button", name="添加"))
        found += [f"mistakes {fault}" for fault in faults_in_all_looks(page)]

    assert found == []
    assert html_errors(files) == []


def test_a_clerks_first_and_last_day(app: Flask, chromium: Chromium) -> None:
    """Added, signs in with a passkey set up on the way, works; disabled while signed in, out at the next click."""
    secadmin = staff_browser(app, [Role.secadmin], username="anquan")
    colleague = staff_browser(app, [Role.counter], username="chuangkou")
    clock.reset()
    with serve(app) as address:
        address = address.replace("127.0.0.1", "localhost")
        with (
            phone(chromium, base_url=address, service_workers="block", **DESK) as office,
            phone(chromium, base_url=address, service_workers="block", **DESK) as window,
        ):
            office.add_cookies(cookies_of(secadmin, address))
            boss, clerk = office.new_page(), window.new_page()
            devtools = clerk.context.new_cdp_session(clerk)
            devtools.send("WebAuthn.enable")
            devtools.send("WebAuthn.addVirtualAuthenticator", {"options": AUTHENTICATOR})

            boss.goto("/bureau")
            boss.get_by_role("link", name="人员", exact=True).click()
            boss.get_by_role("link", name="添加人员").click()
            boss.get_by_label("用户名").fill("wang.li")
            boss.get_by_label("姓名").fill("王丽")
            boss.get_by_label("窗口").check()
            boss.get_by_role("button", name="添加").click()
            first = boss.locator("[data-one-time-password]").inner_text()
            waiting = colleague.get("/bureau/approvals").all("form")
            page = colleague.post(next(n.attrs["action"] for n in waiting if n.attrs["action"].endswith("/second-half")))
            second = next(n for n in page.nodes if "data-second-half" in n.attrs).text.strip()
            password = f"{first}-{second}"

            sign_in(clerk, password)
            clerk.get_by_role("button", name="设置通行密钥").click()
            clerk.get_by_label("新密码").fill("七只安静的白鹭在河边 9")
            clerk.get_by_label("再次输入").fill("七只安静的白鹭在河边 9")
            clerk.get_by_role("button", name="保存密码").click()
            clerk.get_by_role("link", name="窗口", exact=True).click()
            expect(clerk.get_by_role("heading", level=1)).to_contain_text("窗口")
            lead_on(clerk.get_by_role("button", name="退出"))
            sign_in(clerk, "七只安静的白鹭在河边 9")
            clerk.get_by_role("button", name="用通行密钥登录").click()
            expect(clerk.get_by_role("heading", level=1, name="工作台")).to_be_visible()

            boss.get_by_role("link", name="已交给本人").click()
            boss.get_by_role("button", name="停用").click()
            expect(boss.get_by_text("所有登录都已退出")).to_be_visible()
            clerk.get_by_role("link", name="窗口", exact=True).click()
            expect(clerk.get_by_role("heading", level=1, name="工作人员登录")).to_be_visible()


def test_who_presses_before_the_script_has_come_is_not_told_that_the_passkey_is_wrong(app: Flask, chromium: Chromium) -> None:
    make_staff("xitong")
    added = add_staff("wang.li", "王丽", agency="deyang", roles=[Role.counter], by="system")
    clock.reset()
    held: list[Route] = []
    with serve(app) as address:
        address = address.replace("127.0.0.1", "localhost")
        with phone(chromium, base_url=address, service_workers="block", **DESK) as office:
            clerk = office.new_page()
            clerk.route("**/staff-passkey*", lambda route: held.append(route))
            with clerk.expect_request("**/staff-passkey*"):
                sign_in(clerk, added.one_time_password)
            button = clerk.get_by_role("button", name="设置通行密钥")
            expect(button).to_be_disabled()

            held[0].continue_()

            expect(button).to_be_enabled()


def test_a_bureau_is_set_up_in_the_browser(databases: Databases, chromium: Chromium, tmp_path: Path) -> None:
    """In production mode, on an empty database; the pages are checked on the way."""
    with databases.fresh("sqlite") as url:
        app = create_app(make_settings(database_url=url, instance_path=tmp_path, app_mode=Mode.production, **REAL_FIELDS))
        with app.app_context():
            code = code_of(app)
            db.session.remove()
        with serve(app) as address, phone(chromium, device_scale_factor=1, service_workers="block") as context:
            origin = address.replace("127.0.0.1", "localhost")
            app.config["SETTINGS"] = replace(app.config["SETTINGS"], public_origin=origin)
            page = context.new_page()
            page.goto(origin + "/sign-in")
            expect(page.get_by_text("正在第一次设置")).to_be_visible()
            found = faults_in_all_looks(page)
            page.goto(origin + "/first-run")
            found += faults_in_all_looks(page)
            page.get_by_label("设置码").fill(code)
            lead_on(page.get_by_role("button", name="开始设置"))
            found += faults_in_all_looks(page)
            page.get_by_label("医保局名称").fill("德阳市医疗保障局")
            lead_on(page.get_by_role("button", name="下一步"))
            found += faults_in_all_looks(page)
            page.get_by_label("德阳市", exact=True).press("Space")
            page.get_by_role("button", name="下一步").press("Enter")
            for label, text in (("机构名称", "德阳市本级医保"), ("简称", "deyang"), ("咨询电话", "0838-2208900")):
                page.get_by_label(label).fill(text)
            page.get_by_label("负责的地区").select_option("510699")
            lead_on(page.get_by_role("button", name="添加"))
            found += faults_in_all_looks(page)
            lead_on(page.get_by_role("link", name="下一步"))
            found += faults_in_all_looks(page)
            for name, text in STAFF.items():
                if name != "agency":
                    page.locator(f"[name={name}]").fill(text)
            lead_on(page.get_by_role("button", name="添加，打印一次性密码"))
            assert len(PASSWORD.findall(page.locator("main").inner_text())) == 3
            found += faults_in_all_looks(page)
            lead_on(page.get_by_role("link", name="都交给本人了，下一步"))
            found += faults_in_all_looks(page)
            page.get_by_role("button", name="开始使用").click()
            expect(page.get_by_role("heading", level=1, name="工作人员登录")).to_be_visible()
            expect(page.get_by_text("德阳市医疗保障局 · 工作台")).to_be_visible()
        with app.app_context():
            db.engine.dispose()

    assert found == []


def sign_in(page: Page, password: str) -> None:
    page.goto("/bureau/sign-in")
    page.get_by_label("用户名").fill("wang.li")
    page.get_by_label("密码").fill(password)
    page.get_by_role("button", name="下一步").click()
