"""A thief who copied the phone's keys: they are over when the holder signs out, not a month later (ASVS 7.4.1, 7.4.3)."""

from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from app.accounts.models import LoginSession, SessionEnd
from app.accounts.queries import find_account_by_phone, list_devices
from app.accounts.service import load_notices
from app.core import clock
from app.core.db import db
from app.credentials.code_faults import Fault
from app.credentials.models import EndReason, Presentation
from app.regions.service import load_regions
from tests.activation.story import PIN, activate, enrol, prove_by_counter
from tests.activation.test_lost import fault_of, handles_of
from tests.activation.test_pin_reset import NEW, opens
from tests.activation.test_rebinding import PHONE, second_phone
from tests.kit.client import Browser
from tests.kit.sign_in import ask_for_code, sms_code


@pytest.fixture(autouse=True)
def bureau(app: Flask) -> None:
    load_regions()
    load_notices()


def two_phones(app: Flask) -> tuple[Browser, Browser]:
    """Both bound, each with a code of its own."""
    enrol()
    first = activate(app)
    other = second_phone(app)
    prove_by_counter(other, "re-binding")
    assert opens(other, PIN)
    return first, other


def handles() -> list[str]:
    account = find_account_by_phone(PHONE)
    assert account is not None
    return handles_of(account)


def reasons() -> set[EndReason | None]:
    db.session.rollback()
    return set(db.session.scalars(select(Presentation.end_reason)))


def press(browser: Browser, path: str) -> None:
    browser.get("/me")
    browser.post(path)


def test_signing_out_ends_the_keys_of_this_phone_alone(app: Flask) -> None:
    first, _other = two_phones(app)
    mine, theirs = handles()

    press(first, "/sign-out")

    assert (fault_of(mine), fault_of(theirs)) == (Fault.link_ended, None)
    assert reasons() == {EndReason.signed_out, None}


def test_signing_out_everywhere_ends_those_of_the_account(app: Flask) -> None:
    first, _other = two_phones(app)

    press(first, "/me/sign-outs")

    assert {fault_of(handle) for handle in handles()} == {Fault.link_ended}


def test_who_signs_in_again_gets_another_key(app: Flask) -> None:
    enrol()
    browser = activate(app)
    (old,) = handles()
    press(browser, "/sign-out")
    clock.move(timedelta(minutes=2))

    code = ask_for_code(browser, PHONE)
    browser.post("/sign-in", {"phone": PHONE, "code": code, "step": "sign-in"})

    assert opens(browser, PIN)
    assert [fault_of(handle) for handle in handles() if handle != old] == [None]


def ends() -> set[SessionEnd | None]:
    db.session.rollback()
    return set(db.session.scalars(select(LoginSession.end_reason)))


def test_another_pin_offers_to_sign_out_the_others(app: Flask) -> None:
    first, other = two_phones(app)
    page = first.get("/me/pin")
    assert page.all("input", id="ends_others") and "checked" not in page.one("input", id="ends_others").attrs

    first.post("/me/pin", {"old": PIN, "pin": NEW, "again": NEW, "ends_others": "y"})

    assert first.get("/me").response.request.path == "/me"
    assert other.get("/me").response.request.path == "/sign-in"
    assert SessionEnd.signed_out_everywhere in ends()


def test_another_pin_leaves_the_others_signed_in_unless_asked(app: Flask) -> None:
    first, other = two_phones(app)
    first.get("/me/pin")

    first.post("/me/pin", {"old": PIN, "pin": NEW, "again": NEW})

    assert other.get("/me").response.request.path == "/me"
    assert ends() == {None}


def test_a_reset_pin_offers_it_too(app: Flask) -> None:
    first, other = two_phones(app)
    prove_by_counter(first, "pin-reset")
    assert first.get("/pin-reset/new-pin").all("input", id="ends_others")

    first.post("/pin-reset/new-pin", {"pin": NEW, "again": NEW, "ends_others": "y"})

    assert other.get("/me").response.request.path == "/sign-in"


def test_another_number_offers_it_too(app: Flask) -> None:
    first, other = two_phones(app)
    page = first.get("/me/phone")
    assert page.all("input", id="ends_others")
    code = ask_new_number(first, "13900000077")

    first.post("/me/phone", {"phone": "13900000077", "code": code, "pin": PIN, "step": "change", "ends_others": "y"})

    account = find_account_by_phone("13900000077")
    assert account is not None and len(list_devices(account.id)) == 2
    assert other.get("/me").response.request.path == "/sign-in"


def ask_new_number(browser: Browser, phone: str) -> str:
    return sms_code(browser.post("/me/phone", {"phone": phone, "step": "code"}))


def test_who_is_signed_in_nowhere_else_is_offered_nothing(app: Flask) -> None:
    enrol()
    browser = activate(app)

    assert not browser.get("/me/pin").all("input", id="ends_others")
