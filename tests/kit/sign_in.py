"""Acts of a person at the sign-in page, through the pages alone."""

import re

from tests.kit.client import Browser, Page


def sms_code(page: Page) -> str:
    """The six digits the demo shows on the page."""
    shown = [node.text for node in page.nodes if "data-demo-sms" in node.attrs]
    assert len(shown) == 1, f"{len(shown)} demo SMS on the page"
    groups = re.findall(r"(?<!\d)\d{6}(?!\d)", shown[0])
    assert len(groups) == 1, shown[0]
    return str(groups[0])


def ask_for_code(browser: Browser, phone: str, *, next_path: str = "") -> str:
    """Opens the sign-in page, presses 获取验证码 and reads the SMS."""
    where = f"/sign-in?next={next_path}" if next_path else "/sign-in"
    browser.get(where)
    return sms_code(browser.post(where, {"phone": phone, "step": "code"}))


def sign_in(browser: Browser, phone: str = "13800000001", *, next_path: str = "", expect: int = 200) -> Page:
    """Signs this browser in; the page is the one the person arrives at."""
    code = ask_for_code(browser, phone, next_path=next_path)
    where = f"/sign-in?next={next_path}" if next_path else "/sign-in"
    return browser.post(where, {"phone": phone, "code": code, "step": "sign-in"}, expect=expect)
