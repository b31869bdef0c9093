"""Signing in by number and SMS code, as a person sees it."""

from tests.kit.client import Browser
from tests.kit.sign_in import sign_in


def test_a_number_and_its_code_open_a_session(browser: Browser) -> None:
    sign_in(browser, "13800000001", next_path="/me")

    assert browser.page is not None
    assert "138****0001" in browser.page.text
