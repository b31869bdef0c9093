"""A browser whose session is over on the server is told why, once it comes back."""

from datetime import timedelta

import pytest
from flask import Flask

from app.core import clock
from app.core.settings import settings
from tests.activation.story import path
from tests.kit.client import Browser
from tests.kit.sign_in import sign_in
from tests.kit.visitors import PHONE, account_and_device, signed_in_browser

pytestmark = pytest.mark.one_database


def elsewhere(app: Flask) -> Browser:
    clock.move(timedelta(minutes=2))
    browser = Browser(app)
    sign_in(browser, PHONE)
    return browser


def test_a_removed_device_is_told_so(app: Flask) -> None:
    first = signed_in_browser(app)
    _account, device = account_and_device()

    elsewhere(app).post(f"/me/devices/{device.id}/removal")

    page = first.get("/me")
    assert path(page) == "/sign-in" and "这台设备被移除" in page.text and "医保热线" in page.text


def test_signing_out_everywhere_is_said_elsewhere_only(app: Flask) -> None:
    first = signed_in_browser(app)
    second = elsewhere(app)

    second.post("/me/sign-outs")

    assert "选了全部退出" in first.get("/me").text
    assert "您已退出登录" not in second.get("/sign-in").text


def test_a_session_that_ran_out_says_that_the_code_is_safe(app: Flask) -> None:
    browser = signed_in_browser(app)
    clock.move(timedelta(days=settings.session_idle_days, seconds=1))

    assert "很久没有用了" in browser.get("/me").text


def test_the_sentence_goes_with_signing_in(app: Flask) -> None:
    browser = signed_in_browser(app)
    clock.move(timedelta(days=settings.session_idle_days, seconds=1))
    browser.get("/me")

    sign_in(browser, PHONE)
    browser.post("/sign-out")

    assert "您已退出登录" not in browser.get("/sign-in").text


def test_a_forged_session_is_told_nothing(app: Flask) -> None:
    browser = Browser(app)
    with browser.http.session_transaction() as cookie:
        cookie["_user_id"] = "x" * 43

    assert "您已退出登录" not in browser.get("/sign-in").text
