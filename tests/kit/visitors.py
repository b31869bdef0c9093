"""Browsers at each stage a citizen can be at, signed in through the pages, further by the verbs the site uses."""

from datetime import timedelta
from typing import TYPE_CHECKING

from flask import Flask

from app.accounts.models import Account, Device
from app.accounts.phone import parse_mobile
from app.accounts.queries import find_account_by_phone, list_devices
from app.accounts.service import bind_device, give_account_to_person
from app.core import clock
from app.core.db import transaction
from app.credentials.queries import find_credential_of
from app.credentials.service import activate_credential, freeze_credential, set_display_pin
from app.regions.service import load_regions
from tests.kit.client import Browser
from tests.kit.people import PIN, hash_of_pin, make_person
from tests.kit.sign_in import sign_in

if TYPE_CHECKING:
    from playwright._impl._api_structures import SetCookieParam

PHONE = "13800000007"


def signed_in_browser(app: Flask, phone: str = PHONE) -> Browser:
    browser = Browser(app)
    sign_in(browser, phone)
    return browser


def activated_browser(app: Flask, phone: str = PHONE) -> Browser:
    """李明 of 旌阳区, with an active credential, on a bound device."""
    browser = signed_in_browser(app, phone)
    account, device = account_and_device(phone)
    pin_hash = hash_of_pin(PIN)
    with transaction():
        person = make_person()
        give_account_to_person(account, person)
        set_display_pin(account.id, pin_hash)
        activate_credential(person.id, by=f"account:{account.id}")
        bind_device(device)
    return browser


def unbound_browser(app: Flask, phone: str = PHONE) -> Browser:
    """The same account on a second phone, which has only the SMS."""
    activated_browser(app, phone)
    clock.move(timedelta(minutes=2))
    return signed_in_browser(app, phone)


def frozen_browser(app: Flask, phone: str = PHONE) -> Browser:
    browser = activated_browser(app, phone)
    account, _device = account_and_device(phone)
    assert account.person_id is not None
    credential = find_credential_of(account.person_id)
    assert credential is not None
    freeze_credential(credential, by=f"account:{account.id}")
    return browser


def account_and_device(phone: str = PHONE) -> tuple[Account, Device]:
    account = find_account_by_phone(parse_mobile(phone))
    assert account is not None
    return account, list_devices(account.id)[0]


def cookies_of(browser: Browser, url: str) -> "list[SetCookieParam]":
    """For a Playwright context, so that Chromium goes on as this browser."""
    jar = browser.http._cookies or {}
    return [{"name": cookie.key, "value": cookie.value, "url": url} for cookie in jar.values()]


def prepare(app: Flask) -> None:
    """What `flask bureau init` loads, as far as pages show it."""
    load_regions()
