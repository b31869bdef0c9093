"""The pages of an operator's second factor in a real browser: checked like every page, and the picture can be scanned."""

from pathlib import Path

import pytest
import zxingcpp
from flask import Flask
from PIL import Image
from playwright.sync_api import Browser as Chromium
from playwright.sync_api import expect

from app.core import clock
from app.institutions.queries import get_institution
from app.institutions.service import add_operator
from tests.kit.chromium import lead_on, phone, serve
from tests.kit.looks import faults_in_all_looks, html_errors
from tests.kit.staff import code_now
from tests.scanning.desk import ORG, make_desk

pytestmark = pytest.mark.one_database

PASSWORD = "梧桐 river 47 lantern boat"


def test_an_operator_sets_it_up_and_signs_in_with_it(app: Flask, chromium: Chromium, tmp_path: Path) -> None:
    make_desk(app)
    add_operator(get_institution(ORG), operator_id="D01", name="王芳", username="wang", by="staff:1", password=PASSWORD)
    clock.reset()
    found: list[str] = []
    with serve(app) as address, phone(chromium, base_url=address, device_scale_factor=1, service_workers="block") as context:
        page = context.new_page()

        def look(name: str) -> None:
            (tmp_path / f"{name}.html").write_text(page.content())
            found.extend(f"{name} {fault}" for fault in faults_in_all_looks(page))

        page.goto("/desk/sign-in")
        page.get_by_label("用户名").fill("wang")
        page.get_by_label("密码", exact=True).fill(PASSWORD)
        lead_on(page.get_by_role("button", name="登录"))
        page.get_by_role("link", name="第二步验证").click()
        look("begin")
        page.goto("/desk/second-factor")
        page.get_by_label("现在的密码").fill(PASSWORD)
        lead_on(page.get_by_role("button", name="开始设置"))
        secret = page.locator("[data-totp-secret]").inner_text()
        page.locator(".enrolment svg").screenshot(path=tmp_path / "picture.png")
        scanned = zxingcpp.read_barcode(Image.open(tmp_path / "picture.png"))
        assert scanned is not None and f"secret={secret}" in scanned.text
        page.get_by_label("动态码").fill(code_now(secret))
        lead_on(page.get_by_role("button", name="完成设置"))
        expect(page.get_by_text("第二步验证设好了")).to_be_visible()
        look("set-up")
        page.goto("/desk")
        lead_on(page.get_by_role("button", name="退出"))
        page.get_by_label("用户名").fill("wang")
        page.get_by_label("密码", exact=True).fill(PASSWORD)
        lead_on(page.get_by_role("button", name="登录"))
        expect(page.get_by_role("heading", level=1, name="填写动态码")).to_be_visible()
        look("code")

    assert found == []
    assert html_errors(sorted(tmp_path.glob("*.html"))) == []
