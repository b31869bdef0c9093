"""Of one short message a page says that it was sent or that it was not, never both, and the same when it is opened again."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta

import pytest
from flask import Flask

from app.core import clock
from tests.kit.client import Browser, Page
from tests.kit.people import make_activated_account
from tests.kit.sign_in import sign_in
from tests.kit.sms_gateway import SmsGateway, sms_gateway

PHONE = "13800000009"
SENT, NOT_SENT = "短信已发出", "短信暂时发不出去"


@pytest.fixture
def gateway() -> Iterator[SmsGateway]:
    with sms_gateway() as running:
        yield running


def use(app: Flask, gateway: SmsGateway) -> None:
    app.config["SETTINGS"] = replace(app.config["SETTINGS"], sms_sender="http", sms_url=gateway.url, sms_key="k")


def stranger(app: Flask) -> Browser:
    return Browser(app)


def who_has_an_account(app: Flask) -> Browser:
    browser = Browser(app)
    sign_in(browser)
    return browser


def who_forgot_the_pin(app: Flask) -> Browser:
    make_activated_account("13800000001")
    browser = Browser(app)
    sign_in(browser)
    clock.move(timedelta(minutes=31))  # the SMS of the sign-in says nothing any more
    return browser


@pytest.mark.parametrize(
    ("who", "address", "form"),
    [
        (stranger, "/sign-in", {"phone": PHONE}),
        (who_has_an_account, "/me/phone", {"phone": PHONE}),
        (who_forgot_the_pin, "/pin-reset/phone", {}),
    ],
)
def test_a_page_says_what_happened(
    app: Flask, gateway: SmsGateway, who: Callable[[Flask], Browser], address: str, form: dict[str, str]
) -> None:
    browser = who(app)
    use(app, gateway)

    def ask(expect: int = 200) -> Page:
        browser.get(address)
        return browser.post(address, {**form, "step": "code"}, expect=expect)

    gateway.answers = [400]
    failed = [ask(), browser.get(address)]
    too_soon = ask(expect=429)
    clock.move(timedelta(seconds=61))
    sent = [ask(), browser.get(address)]
    too_soon_again = ask(expect=429)

    for page in failed:
        assert NOT_SENT in page.text and SENT not in page.text
    for page in sent:
        assert SENT in page.text and NOT_SENT not in page.text
    assert "短信刚才没有发出去" in too_soon.text and "短信刚刚发过" not in too_soon.text and SENT not in too_soon.text
    assert "短信刚刚发过" in too_soon_again.text
