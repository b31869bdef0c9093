"""Two administrators give out a key together, a hospital scans with it, it is rolled; an operator works by the keyboard alone."""

import os
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import httpx
import pytest
from flask import Flask
from playwright.sync_api import Browser as Chromium
from playwright.sync_api import Page, expect

from app.core import clock
from app.institutions.queries import get_institution
from app.institutions.service import add_institution, add_operator
from app.staff.models import Role
from tests.kit.chromium import lead_on, phone, serve
from tests.kit.client import Browser
from tests.kit.databases import Databases
from tests.kit.looks import faults_in_all_looks, html_errors
from tests.kit.staff import staff_browser
from tests.kit.visitors import cookies_of
from tests.scanning.desk import ALL_SCENES, Telephone, change_settings, make_telephone

CODE = "H51060000001"
PASSWORD = "梧桐 river 47 lantern boat"
SHOTS = os.environ.get("PZ_SHOTS", "")
WIDE = {"viewport": {"width": 1280, "height": 800}, "device_scale_factor": 1, "is_mobile": False, "has_touch": False}


@pytest.fixture
def database_url(databases: Databases) -> Iterator[str]:
    with databases.fresh("sqlite") as url:
        yield url


@pytest.fixture
def system(app: Flask) -> Browser:
    found = staff_browser(app, [Role.sysadmin], username="system")
    add_institution(CODE, "示范市人民医院", region_code="510603", business_types=ALL_SCENES, supports_challenge=True)
    return found


@pytest.fixture
def safety(app: Flask) -> Browser:
    return staff_browser(app, [Role.secadmin], username="safety")


@pytest.fixture
def telephone(app: Flask) -> Telephone:
    return make_telephone()


def shot(page: Page, name: str) -> None:
    if not SHOTS:
        return
    for width, scheme in ((1280, "light"), (390, "light"), (390, "dark")):
        page.set_viewport_size({"width": width, "height": 844})
        page.emulate_media(color_scheme=scheme)
        page.screenshot(path=f"{SHOTS}/{name}-{width}-{scheme}.png", full_page=True)


def query(address: str, key: str, telephone: Telephone, number: str) -> httpx.Response:
    """What a hospital's system sends over the wire."""
    sent = {
        "orgId": CODE,
        "transType": "ec.query",
        "data": {
            "ecQrCode": telephone.draw(),
            "businessType": "01301",
            "operatorId": "D01",
            "operatorName": "王芳",
            "outBizNo": number,
        },
    }
    return httpx.post(f"{address}/api/v1/ec/query", json=sent, headers={"Authorization": f"Bearer {key}"}, timeout=30)


def get_key(system: Page, safety: Page, where: str) -> str:
    """Asked in one browser, approved in another, taken in the first."""
    system.goto(where)
    system.get_by_role("button", name="申请密钥").click()
    expect(system.get_by_text("安全管理员复核以后")).to_be_visible()
    safety.goto("/bureau/approvals")
    lead_on(safety.get_by_role("button", name="同意").first)
    system.goto(where)
    system.get_by_role("button", name="领取密钥").click()
    expect(system.get_by_role("heading", name="新密钥")).to_be_visible()
    return system.locator("[data-key]").inner_text()


def test_two_give_out_a_key_together_and_roll_it(
    app: Flask, system: Browser, safety: Browser, telephone: Telephone, chromium: Chromium, tmp_path: Path
) -> None:
    where = f"/bureau/institutions/{get_institution(CODE).id}"
    clock.reset()
    with serve(app) as address, ExitStack() as stack:
        pages = []
        for browser in (system, safety):
            context = stack.enter_context(phone(chromium, base_url=address, service_workers="block", **WIDE))
            context.add_cookies(cookies_of(browser, address))
            pages.append(context.new_page())
        one, two = pages

        first = get_key(one, two, where)
        shot(one, "key")
        found = [f"key {fault}" for fault in faults_in_all_looks(one)]
        one.go_back()
        assert first not in one.content()
        assert query(address, first, telephone, "one").json()["code"] == 0
        second = get_key(one, two, where)
        telephone.change(last_used=0)
        assert query(address, second, telephone, "two").json()["code"] == 0
        two.goto(where)
        expect(two.get_by_text("用到 ").first).to_be_visible()
        number = first.split("_")[1]
        two.get_by_label(f"我确认立即停用密钥 pz_{number}").check()
        two.get_by_role("button", name=f"立即停用密钥 {number}").click()
        expect(two.get_by_text("已停用，下一次请求就不认了")).to_be_visible()

        assert query(address, first, telephone, "three").status_code == 401
        telephone.change(last_used=0)
        assert query(address, second, telephone, "four").json()["code"] == 0
        for page, name, path in (
            (one, "institutions", "/bureau/institutions"),
            (one, "institution-new", "/bureau/institutions/new"),
            (one, "institution", where),
            (one, "institution-details", f"{where}/details"),
            (two, "risk-rules", "/bureau/risk-rules"),
        ):
            page.goto(path)
            shot(page, name)
            found += [f"{path} {fault}" for fault in faults_in_all_looks(page)]
            (tmp_path / f"{name}.html").write_text((system if page is one else safety).get(path).html)
        two.goto("/bureau/risk-rules")
        two.get_by_role("button", name="开始试算").click()
        expect(two.get_by_text("会打扰到的本人")).to_be_visible()
        shot(two, "risk-report")
        found += [f"report {fault}" for fault in faults_in_all_looks(two)]
        one.goto(where)
        for label, words in (("经办人编号", "D01"), ("姓名", "王芳"), ("用户名", "wang")):
            one.get_by_label(label).fill(words)
        lead_on(one.get_by_role("button", name="添加经办人"))
        shot(one, "operator-password")
        found += [f"operator {fault}" for fault in faults_in_all_looks(one)]

    assert found == []
    assert html_errors(sorted(tmp_path.glob("*.html"))) == []


def test_an_operator_works_by_the_keyboard_alone(
    app: Flask, system: Browser, telephone: Telephone, chromium: Chromium, tmp_path: Path
) -> None:
    """Two keys to sign in besides what is typed; for a scanner none."""
    add_operator(get_institution(CODE), operator_id="D01", name="王芳", username="wang", by="staff:1", password=PASSWORD)
    clock.reset()
    found: list[str] = []
    with serve(app) as address, phone(chromium, base_url=address, service_workers="block", **WIDE) as context:
        page = context.new_page()
        page.goto("/desk")
        shot(page, "desk-sign-in")
        found += [f"sign-in {fault}" for fault in faults_in_all_looks(page)]
        page.goto("/desk")
        page.get_by_label("用户名").focus()
        page.keyboard.type("wang")
        page.keyboard.press("Tab")
        page.keyboard.type(PASSWORD)
        page.keyboard.press("Enter")
        expect(page.get_by_role("heading", name="扫医保码")).to_be_visible()
        shot(page, "desk")
        found += [f"desk {fault}" for fault in faults_in_all_looks(page)]

        expect(page.get_by_label("医保码", exact=True)).to_be_focused()
        page.keyboard.type(telephone.draw())  # as a keyboard-wedge scanner does, with Enter at the end
        page.keyboard.press("Enter")
        expect(page.get_by_role("heading", name="可以办理")).to_be_visible()
        expect(page.get_by_text("李明")).to_be_visible()
        assert "510600" not in page.url
        shot(page, "desk-accepted")
        found += [f"accepted {fault}" for fault in faults_in_all_looks(page)]

        expect(page.get_by_label("下一张医保码")).to_be_focused()
        page.keyboard.type("https://example.org/x")
        page.keyboard.press("Enter")
        expect(page.get_by_role("heading", name="不能办理")).to_be_visible()
        expect(page.get_by_text("求助码 P-01-")).to_be_visible()
        shot(page, "desk-refused")
        found += [f"refused {fault}" for fault in faults_in_all_looks(page)]

        change_settings(app, risk_first_use=False, risk_new_device_hours=24, challenge_min_rules=1)
        telephone.change(last_used=0)
        page.get_by_label("用码业务").select_option("01301")
        page.get_by_label("下一张医保码").focus()
        page.keyboard.type(telephone.draw())
        page.keyboard.press("Enter")
        expect(page.get_by_role("heading", name="还要核对两位数字")).to_be_visible()
        shot(page, "desk-challenge")
        found += [f"challenge {fault}" for fault in faults_in_all_looks(page)]
        (tmp_path / "desk.html").write_text(page.content())

    assert found == []
    assert html_errors([tmp_path / "desk.html"]) == []
