"""The phone's own fingerprint in place of the PIN, another PIN, storage that was lost, and a phone that was lost."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, cast

import pytest
from playwright.sync_api import Browser, CDPSession, Page, expect

from tests.journeys import steps
from tests.kit.chromium import phone, wait_for_script, wait_until
from tests.kit.databases import Databases
from tests.kit.demo import DemoServer

NEW_PIN = "846205"
IS_WALLET_KEPT = """async () => {
  const module = new URL("code/wallet.js", document.querySelector("script[src*='/js/app.js']").src);
  return (await import(module)).isWalletThere();
}"""

GO_TO_BACKGROUND = """() => {
  Object.defineProperty(document, "visibilityState", { value: "hidden", configurable: true });
  document.dispatchEvent(new Event("visibilitychange"));
}"""


class AtLocalhost:
    """The same server under a name: an authenticator keeps nothing for a bare address."""

    def __init__(self, server: DemoServer) -> None:
        self._server = server
        self.base_url = f"http://localhost:{server.port}"

    def __getattr__(self, name: str) -> Any:
        return getattr(self._server, name)


@pytest.fixture(scope="module")
def server(databases: Databases, tmp_path_factory: pytest.TempPathFactory) -> Iterator[DemoServer]:
    with databases.fresh("sqlite") as url:
        running = DemoServer(url, tmp_path_factory.mktemp("lost"))
        yield cast(DemoServer, AtLocalhost(running))
        running.stop()


@contextmanager
def owned_phone(chromium: Browser, server: DemoServer, key: str) -> Iterator[Page]:
    """A phone on which this citizen has just activated; its page shows the code."""
    with phone(chromium, service_workers="block") as context:
        page = context.new_page()
        steps.sign_in(page, server, server.citizen(key)["phone"])
        steps.describe_person(page, server, key)
        steps.pass_face_check(page)
        steps.choose_pin(page)
        steps.shown_code(page)
        yield page


def lock(page: Page) -> None:
    page.get_by_role("button", name="锁上").click()
    expect(page.get_by_label("展码密码")).to_be_visible()


def fingerprint_reader(page: Page) -> tuple[CDPSession, str]:
    devtools = page.context.new_cdp_session(page)
    devtools.send("WebAuthn.enable")
    options = {
        "protocol": "ctap2",
        "transport": "internal",
        "hasResidentKey": True,
        "hasUserVerification": True,
        "isUserVerified": True,
        "automaticPresenceSimulation": True,
    }
    return devtools, devtools.send("WebAuthn.addVirtualAuthenticator", {"options": options})["authenticatorId"]


def test_a_fingerprint_opens_the_code_and_the_pin_stays(server: DemoServer, chromium: Browser, tmp_path: Path) -> None:
    with owned_phone(chromium, server, "worker") as page:
        devtools, reader = fingerprint_reader(page)
        page.goto(server.base_url + "/me/devices")
        page.get_by_role("link", name="在这台设备上开启").click()
        page.get_by_role("button", name="开启").wait_for()
        wait_for_script(page)
        page.get_by_label("展码密码").fill("000001")
        page.get_by_role("button", name="开启").click()
        expect(page.get_by_text("展码密码不对")).to_be_visible()
        page.get_by_label("展码密码").fill(steps.PIN)
        page.get_by_role("button", name="开启").click()
        expect(page.get_by_text("已开启")).to_be_visible()

        page.goto(server.base_url + "/code")
        lock(page)
        wait_for_script(page)
        page.get_by_role("button", name="用指纹或面容打开").click()
        code = steps.read_from_screen(page, tmp_path / "code.png")
        assert server.scan(code, biz_no="passkey-1").json()["code"] == 0
        assert steps.next_code(page, code) != code, "the server draws for who did not type the PIN"

        lock(page)
        wait_for_script(page)
        devtools.send("WebAuthn.setUserVerified", {"authenticatorId": reader, "isUserVerified": False})
        page.get_by_role("button", name="用指纹或面容打开").click()
        expect(page.get_by_text("没有完成")).to_be_visible()
        steps.unlock(page, steps.PIN)
        assert len(steps.shown_code(page)) == 61


def test_another_pin_brings_new_keys_by_script_and_is_asked_for_after_five_minutes_in_the_background(
    server: DemoServer, chromium: Browser
) -> None:
    with owned_phone(chromium, server, "retiree") as page:
        handle = steps.shown_code(page)[2:22]
        wait_until(page, IS_WALLET_KEPT)
        page.goto(server.base_url + "/me/pin")
        wait_for_script(page)
        page.get_by_label("现在的展码密码").fill(steps.PIN)
        page.get_by_label("新的展码密码").fill(steps.PIN)
        page.get_by_label("再次输入").fill(steps.PIN)
        page.get_by_role("button", name="保存新密码").click()
        expect(page.get_by_text("新密码和现在的一样").first).to_be_visible()
        wait_for_script(page)
        page.get_by_label("现在的展码密码").fill(steps.PIN)
        page.get_by_label("新的展码密码").fill(NEW_PIN)
        page.get_by_label("再次输入").fill(NEW_PIN)
        page.get_by_role("button", name="保存新密码").click()
        expect(page.get_by_text("展码密码已更改").first).to_be_visible()

        page.goto(server.base_url + "/code")
        if page.get_by_role("button", name="锁上").count():
            lock(page)
        steps.unlock(page, steps.PIN)
        expect(page.get_by_text("密码不对").first).to_be_visible()
        steps.unlock(page, NEW_PIN)
        code = steps.shown_code(page)
        assert code[2:22] != handle
        assert server.scan(code, biz_no="pin-1").json()["code"] == 0

        page.clock.install()
        page.reload()
        steps.shown_code(page)
        page.evaluate(GO_TO_BACKGROUND)
        server.let_pass(301)
        page.clock.fast_forward(301_000)
        expect(page.get_by_label("展码密码")).to_be_visible()
        expect(page.locator("[data-code]")).to_have_count(0)


def test_a_lost_phone_is_worthless_from_the_click_on(server: DemoServer, chromium: Browser) -> None:
    with owned_phone(chromium, server, "rare_name") as lost, phone(chromium, service_workers="block") as other:
        page = other.new_page()
        page.goto(server.base_url + "/")
        page.get_by_role("link", name="手机丢失").first.click()
        page.get_by_role("link", name="收短信，去挂失").click()
        server.let_pass(61)
        sign_in_here(page, server.citizen("rare_name")["phone"])
        lost.goto(server.base_url + "/code")  # the server's clock has moved on
        stolen = steps.next_code(lost, steps.shown_code(lost))

        began = time.monotonic()
        page.get_by_role("button", name="立即挂失").click()
        expect(page.get_by_role("heading", name="医保码已挂失")).to_be_visible()
        refused = server.scan(stolen, biz_no="lost-1").json()
        took = time.monotonic() - began
        print(f"from the click to the refused scan: {took:.2f} s")

        assert refused["reason"] == "credential_frozen"
        expect(lost.get_by_text("您的医保码挂失了，所有设备都已退出")).to_be_visible()

        page.get_by_role("link", name="恢复使用").click()
        steps.pass_face_check(page)
        steps.unlock(page, steps.PIN)
        assert server.scan(steps.shown_code(page), biz_no="lost-2").json()["code"] == 0
        assert server.scan(stolen, biz_no="lost-3").json()["code"] != 0


def test_a_browser_that_lost_its_storage_shows_the_code_within_a_minute(server: DemoServer, chromium: Browser) -> None:
    with owned_phone(chromium, server, "student"), phone(chromium, service_workers="block") as empty:
        page = empty.new_page()
        server.let_pass(61)
        began = time.monotonic()
        page.goto(server.base_url + "/code")
        sign_in_here(page, server.citizen("student")["phone"])
        steps.pass_face_check(page)
        steps.unlock(page, steps.PIN)
        code = steps.shown_code(page)
        took = time.monotonic() - began
        print(f"from an empty browser to the code: {took:.1f} s of the machine's time")

        assert server.scan(code, biz_no="storage-1").json()["code"] == 0
        assert took < 60


def test_a_forgotten_pin_is_reset_by_document_after_a_day_without_script(server: DemoServer, chromium: Browser) -> None:
    citizen = server.citizen("leap_day")
    with phone(chromium, java_script_enabled=False) as context:
        page = context.new_page()
        steps.sign_in(page, server, citizen["phone"])
        steps.describe_person(page, server, "leap_day")
        steps.pass_face_check(page)
        steps.choose_pin(page)
        page.get_by_role("button", name="锁上").click()
        page.get_by_role("link", name="忘记展码密码").click()
        page.get_by_role("link", name="填证件号码").click()
        page.get_by_label("证件号码").fill(citizen["cert_no"])
        page.get_by_role("button", name="提交申请").click()
        expect(page.get_by_text("重设申请已收到")).to_be_visible()

        server.let_pass(24 * 3600)
        page.reload()
        page.get_by_role("link", name="设一个新的展码密码").click()
        page.get_by_label("展码密码", exact=True).fill(NEW_PIN)
        page.get_by_label("再次输入").fill(NEW_PIN)
        page.get_by_role("button", name="保存新密码").click()
        steps.unlock(page, NEW_PIN)

        assert server.scan(steps.shown_code(page), biz_no="reset-1").json()["code"] == 0


def sign_in_here(page: Page, number: str) -> None:
    """On the sign-in page that the way led to."""
    page.get_by_label("手机号").fill(number)
    page.get_by_role("button", name="获取验证码").click()
    digits = "".join(c if c.isdigit() else " " for c in page.locator("[data-demo-sms]").inner_text()).split()
    page.get_by_label("短信验证码").fill(next(d for d in digits if len(d) == 6))
    page.get_by_role("button", name="登录", exact=True).click()
    page.wait_for_url(lambda url: "/sign-in" not in url)
