"""The main job by keyboard alone: sign in, activate, show the code, lock it; the focus can always be seen."""

import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.journeys import steps
from tests.kit.chromium import phone, wait_for_script
from tests.kit.databases import Databases
from tests.kit.demo import DemoServer


@pytest.fixture
def server(databases: Databases) -> Iterator[DemoServer]:
    """Which keys lead where does not depend on the database."""
    with databases.fresh("sqlite") as url, tempfile.TemporaryDirectory(prefix="pz-keys-") as folder:
        running = DemoServer(url, Path(folder))
        yield running
        running.stop()


class Keys:
    """Hands that own no mouse: Tab until the words are reached, then type or press."""

    def __init__(self, page: Page) -> None:
        self._page = page

    def to(self, words: str) -> None:
        for _ in range(60):
            self._page.keyboard.press("Tab")
            name, is_seen = self._page.evaluate(
                """() => {
                    const e = document.activeElement;
                    const words = e.labels?.[0]?.textContent || e.getAttribute("aria-label") || e.textContent || "";
                    const name = e === document.body ? "" : words.trim();
                    const style = getComputedStyle(e);
                    return [name, e === document.body || style.outlineStyle !== "none" || e.closest(".choice") !== null];
                }"""
            )
            assert is_seen, f"the focus cannot be seen on {name!r}"
            if name.startswith(words):
                return
        raise AssertionError(f"Tab does not lead to {words!r}")

    def fill(self, words: str, text: str) -> None:
        self.to(words)
        self._page.keyboard.press("Control+A")
        self._page.keyboard.type(text)

    def choose(self, words: str, value: str) -> None:
        """A list: the arrow keys go through its options."""
        self.to(words)
        place = self._page.evaluate("[...document.activeElement.options].map((o) => o.value)").index(value)
        self._page.keyboard.press("Home")
        for _ in range(place):
            self._page.keyboard.press("ArrowDown")
        assert self._page.evaluate("document.activeElement.value") == value

    def press(self, words: str, key: str = "Enter") -> None:
        self.to(words)
        self._page.keyboard.press(key)

    def lead_on(self, words: str) -> None:
        """Presses what leads to another page, and waits for it."""
        self.to(words)
        with self._page.expect_navigation():
            self._page.keyboard.press("Enter")


def test_the_main_job_needs_no_mouse(server: DemoServer, chromium: Browser) -> None:
    worker = server.citizen("worker")
    with phone(chromium, is_mobile=False, has_touch=False) as context:
        page = context.new_page()
        keys = Keys(page)
        page.goto(server.base_url + "/")

        keys.press("跳到正文")
        page.wait_for_function("() => document.activeElement.id === 'main'")
        keys.lead_on("登录")
        page.wait_for_url("**/sign-in*")
        keys.fill("手机号", worker["phone"])
        keys.lead_on("获取验证码")
        shown = page.locator("[data-demo-sms]").inner_text()
        digits = "".join(c if c.isdigit() else " " for c in shown).split()
        keys.fill("短信验证码", next(d for d in digits if len(d) == 6))
        keys.lead_on("登录")
        page.wait_for_url(lambda url: "/sign-in" not in url)

        page.goto(server.base_url + "/activation")
        keys.fill("姓名", worker["name"])
        keys.choose("证件类型", worker["cert_type"])
        keys.fill("证件号码", worker["cert_no"])
        keys.choose("参保地", worker["insured_region"])
        keys.lead_on("下一步")
        expect(page.get_by_text("第 2 步,共 ")).to_be_visible()
        for box in page.get_by_role("checkbox").all():
            keys.press((box.evaluate("(e) => e.labels[0].textContent") or "").strip(), "Space")
            assert box.is_checked()
        keys.lead_on("同意并继续")
        keys.lead_on("开始人脸核验")
        page.get_by_role("button", name="模拟通过").wait_for()
        keys.lead_on("模拟通过")
        page.get_by_label("再次输入").wait_for()
        wait_for_script(page)
        keys.fill("展码密码", steps.PIN)
        keys.fill("再次输入", steps.PIN)
        keys.press("完成激活")

        assert len(steps.shown_code(page)) == 61
        keys.press("暂停")
        page.keyboard.press("Enter")
        expect(page.get_by_role("link", name="暂停")).to_be_focused()
        keys.press("锁上")
        expect(page.get_by_label("展码密码")).to_be_visible()
