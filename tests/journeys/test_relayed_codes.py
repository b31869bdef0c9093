"""Against relayed codes: the desk says two digits, the phone answers with them. And 不是我 when it was somebody else after all."""

import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.journeys import steps
from tests.kit.chromium import open_phone
from tests.kit.databases import Databases
from tests.kit.demo import DemoServer

PAYING = "01301"
LOOKS_EVERY_MS = 2000  # in the first minute after the unlock
PHARMACY = "P51060000001"


@pytest.fixture(scope="module")
def server(databases: Databases) -> Iterator[DemoServer]:
    """A bureau that has switched two risk rules on: a first use on a new phone is asked about."""
    with databases.fresh("sqlite") as url, tempfile.TemporaryDirectory(prefix="pz-journey-") as folder:
        running = DemoServer(url, Path(folder), RISK_FIRST_USE="1", RISK_NEW_DEVICE_HOURS="24")
        yield running
        running.stop()


def _activate(page: Page, server: DemoServer, key: str) -> None:
    steps.sign_in(page, server, server.citizen(key)["phone"])
    steps.describe_person(page, server, key)
    steps.pass_face_check(page)
    steps.choose_pin(page)
    steps.shown_code(page)


def _answer(page: Page, digits: str, target: Path) -> str:
    """Types the desk's digits and reads the answer from the screen, as a scanner would."""
    page.get_by_label("两位数字", exact=True).fill(digits)
    page.get_by_role("button", name="出示给对方").click()
    page.wait_for_function("() => document.querySelector('[data-code]')?.dataset.code.startsWith('81')")
    return steps.read_from_screen(page, target)


def _stop_clock(page: Page, server: DemoServer, *, within: int) -> None:
    """For this page it stays the middle of that second of the server's clock."""
    page.evaluate("(now) => { Date.now = () => now; }", (within + 0.5 - server.ahead) * 1000)


def _stop_timers_after_a_look(page: Page) -> None:
    """The page has just asked how its code fares; whatever it does by itself from here on it does when its clock is moved.

    Its answer is waited for, not its end: to Chromium a request that is answered with 304, as all looks but the first are, failed.
    """
    with page.expect_response(lambda answer: "/code/state" in answer.url):
        pass
    page.clock.pause_at(page.evaluate("() => Date.now()") / 1000 + 0.5)


def _other(digits: str) -> str:
    return f"{(int(digits) + 1) % 100:02d}"


def test_the_desk_asks_and_the_phone_answers_with_and_without_a_network(
    server: DemoServer, chromium: Browser, tmp_path: Path
) -> None:
    page = open_phone(chromium)
    _activate(page, server, "worker")

    asked = server.scan(steps.shown_code(page), biz_no="c1", business_type=PAYING).json()
    assert (asked["code"], len(asked["challenge"])) == (1014, 2)
    expect(page.get_by_text("已被 示范市人民医院 扫描")).to_be_visible()  # stands for eight seconds, the question for two minutes
    expect(page.get_by_text("对方要核对两位数字")).to_be_visible()
    page.get_by_label("两位数字", exact=True).fill("4")
    page.get_by_role("button", name="出示给对方").click()
    expect(page.get_by_text("请输入两位数字，例如 07。")).to_be_visible()
    wrong = _answer(page, _other(asked["challenge"]), tmp_path / "wrong.png")
    assert (len(wrong), server.scan(wrong, biz_no="c2", business_type=PAYING).json()["code"]) == (63, 1015)
    expect(page.get_by_text("数字不对")).to_be_visible()
    right = _answer(page, asked["challenge"], tmp_path / "right.png")
    assert server.scan(right, biz_no="c3", business_type=PAYING).json()["data"]["userName"] == server.citizen("worker")["name"]
    page.wait_for_function("() => document.querySelector('[data-code]').dataset.code.startsWith('80')")
    expect(page.get_by_label("两位数字", exact=True)).to_be_hidden()

    page.context.set_offline(True)
    expect(page.get_by_text("无网络，可正常出示")).to_be_visible()
    code = steps.next_code(page, steps.shown_code(page))
    asked = server.scan(code, biz_no="c4", institution=PHARMACY, business_type="02121").json()
    assert asked["code"] == 1014
    _stop_clock(page, server, within=int(code[22:32]))  # a holder as quick as that: accepting a code kills all of its second
    page.get_by_role("link", name="对方要我输入两位数字").click()
    offline = _answer(page, asked["challenge"], tmp_path / "offline.png")
    answer = server.scan(offline, biz_no="c5", institution=PHARMACY, business_type="02121").json()
    assert (answer["code"], len(offline)) == (0, 63)


def test_the_two_digits_need_no_script(server: DemoServer, chromium: Browser, tmp_path: Path) -> None:
    page = open_phone(chromium, java_script_enabled=False)
    _activate(page, server, "rare_name")

    asked = server.scan(steps.shown_code(page), biz_no="n1", business_type=PAYING).json()
    server.let_pass(2)
    page.get_by_role("link", name="刷新").click()
    page.get_by_role("link", name="输入两位数字").click()
    page.get_by_label("对方告诉您的两位数字").fill(asked["challenge"])
    page.get_by_role("button", name="出示给对方").click()
    answer = server.scan(steps.read_from_screen(page, tmp_path / "plain.png"), biz_no="n2", business_type=PAYING).json()

    assert (asked["code"], answer["code"]) == (1014, 0)
    page.get_by_role("link", name="返回医保码").click()
    assert steps.shown_code(page).startswith("80")


def test_not_me_freezes_at_the_next_scan(server: DemoServer, chromium: Browser) -> None:
    page = open_phone(chromium)
    page.clock.install()
    _activate(page, server, "student")
    code = steps.next_code(page, steps.shown_code(page))
    _stop_timers_after_a_look(page)

    assert server.scan(code, biz_no="d1").json()["code"] == 0
    page.clock.run_for(LOOKS_EVERY_MS)
    expect(page.get_by_text("已被 示范市人民医院 扫描")).to_be_visible()
    page.clock.resume()
    page.wait_for_function("old => document.querySelector('[data-code]').dataset.code !== old", arg=code)
    later = steps.shown_code(page)
    page.get_by_role("link", name="不是我").click()
    page.get_by_role("button", name="不是我，马上挂失").click()
    expect(page.get_by_role("heading", name="医保码已挂失")).to_be_visible()

    assert server.scan(later, biz_no="d2").json()["reason"] == "credential_frozen"
    page.goto(server.base_url + "/me/uses")
    expect(page.get_by_text("已说明不是本人")).to_be_visible()
    page.goto(server.base_url + "/inbox")
    expect(page.get_by_text("有一次使用不是本人")).to_be_visible()
