"""The hotline: found by a help code and by telephone, frozen, refused at the next scan, given back by two, told to the citizen."""

import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import pyotp
import pytest
from playwright.sync_api import Browser, Page, expect

from tests.journeys import steps
from tests.journeys.family import DESK
from tests.kit.chromium import lead_on, open_phone
from tests.kit.databases import Databases
from tests.kit.demo import DemoServer

CHECKS = ("说对了完整的证件号码", "说对了出生年月日", "说对了参保地")


@pytest.fixture(scope="module")
def server(databases: Databases) -> Iterator[DemoServer]:
    with databases.fresh("sqlite") as url, tempfile.TemporaryDirectory(prefix="pz-hotline-") as folder:
        started = DemoServer(url, Path(folder))
        yield started
        started.stop()


def sign_in_agent(chromium: Browser, server: DemoServer, username: str) -> Page:
    known = next(entry for entry in server.demo["staff"] if entry["username"] == username)
    page = open_phone(chromium, **DESK, base_url=server.base_url)
    page.goto("/bureau/calls")
    page.get_by_label("用户名").fill(username)
    page.get_by_label("密码", exact=True).fill(known["password"])
    page.get_by_role("button", name="下一步").click()
    page.get_by_label("动态码").fill(pyotp.TOTP(known["totp_secret"]).at(int(time.time() + server.ahead)))
    page.get_by_role("button", name="登录", exact=True).click()
    expect(page.get_by_role("heading", name="来电", exact=True)).to_be_visible()
    return page


def test_an_agent_freezes_the_scan_is_refused_and_two_give_it_back(server: DemoServer, chromium: Browser, tmp_path: Path) -> None:
    citizen = server.citizen("worker")
    telephone = open_phone(chromium, base_url=server.base_url)
    steps.sign_in(telephone, server, citizen["phone"])
    steps.describe_person(telephone, server, "worker")
    steps.pass_face_check(telephone)
    steps.choose_pin(telephone)
    code = steps.shown_code(telephone)
    assert server.scan(code, biz_no="call-1").json()["code"] == 0
    help_code = server.scan(code, biz_no="call-2").json()["helpCode"]
    unused = steps.next_code(telephone, code)
    agent = sign_in_agent(chromium, server, "zuoxi")

    agent.get_by_role("textbox", name="求助码").fill(help_code.lower())
    agent.get_by_role("button", name="按求助码查").click()
    expect(agent.get_by_text(citizen["name"])).to_be_visible()
    agent.goto("/bureau/calls")
    agent.get_by_role("textbox", name="手机号").fill(citizen["phone"])
    agent.get_by_role("button", name="按手机号查").click()
    agent.get_by_role("button", name=f"打开 {citizen['name']} 的来电").click()
    for check in CHECKS:
        agent.get_by_label(check).check()
    lead_on(agent.get_by_role("button", name="记下核对结果"))
    agent.get_by_role("button", name="立即挂失").click()
    expect(agent.get_by_text("已挂失，下一次扫码就不能用了。")).to_be_visible()

    refused = server.scan(unused, biz_no="call-3").json()
    assert refused["code"] == 1008
    agent.get_by_role("button", name="请同事恢复使用").click()
    expect(agent.get_by_text("等另一位话务员确认")).to_be_visible()
    colleague = sign_in_agent(chromium, server, "huifang")
    colleague.get_by_role("button", name="恢复使用", exact=True).click()
    expect(colleague.get_by_text("已恢复使用。")).to_be_visible()

    server.let_pass(120)
    telephone.context.clear_cookies()
    steps.sign_in(telephone, server, citizen["phone"])
    telephone.goto("/re-binding")
    steps.pass_face_check(telephone)
    telephone.goto("/me/records")
    record = telephone.locator(".record")
    expect(record.filter(has_text="话务员 挂失了您的医保码")).to_be_visible()
    expect(record.filter(has_text="话务员 恢复了您的医保码")).to_be_visible()
    expect(record.filter(has_text="扫了您的医保码").first).to_be_visible()
    assert "坐席员" not in telephone.content(), "a clerk's name is nobody's to know"
    assert "the audit log holds" in server.run_command("audit", "verify")
