"""A thief of an old database copy guesses cheaply: whoever comes back once is kept at today's price from then on."""

import hashlib
import hmac

import pytest
from flask import Flask
from sqlalchemy import update

from app.accounts.models import Device
from app.core.crypto import vault
from app.core.db import db, transaction
from app.core.settings import settings
from app.core.slow_hash import slow_hash_matches
from app.credentials import service
from app.credentials.models import DisplayPin
from app.credentials.service import pins
from app.institutions.models import Operator
from app.institutions.queries import get_institution
from app.institutions.queries.operators import find_operator
from app.institutions.service import add_operator
from app.staff.models import StaffMember
from app.staff.queries import find_staff
from tests.credentials.holders import PIN, make_holder
from tests.kit.at_once import at_once
from tests.kit.client import Browser
from tests.kit.staff import PASSWORD, make_staff, sign_in_staff
from tests.scanning.desk import ORG, make_desk


def as_before(secret: str, purpose: str) -> str:
    """The hash 0.2.0 kept of it, made with a test's work."""
    salt, peppered = bytes(range(16)), hmac.digest(vault.subkey(purpose), secret.encode(), hashlib.sha256)
    return f"4${salt.hex()}${hashlib.scrypt(peppered, salt=salt, n=16, r=8, p=1, dklen=32).hex()}"


def pin_hash_of(account_id: int) -> str:
    db.session.rollback()
    return db.session.get_one(DisplayPin, account_id).pin_hash


def make_old_pin() -> Device:
    device = make_holder().device
    with transaction():
        db.session.execute(update(DisplayPin).values(pin_hash=as_before(PIN, "display-pin")))
    return device


def test_a_pin_is_hashed_anew_by_the_right_one_alone(app: Flask) -> None:
    device = make_old_pin()
    account_id = device.account_id

    assert not service.try_display_pin(device, "999990").ok
    assert pin_hash_of(account_id).startswith("4$")
    assert service.try_display_pin(device, PIN).ok

    assert pin_hash_of(account_id).startswith("$argon2id$")
    assert service.try_display_pin(device, PIN).ok
    assert not service.try_display_pin(device, "999990").ok


def test_the_right_pin_typed_on_two_phones_at_once_opens_both(app: Flask) -> None:
    device = make_old_pin()
    account_id, device_id = device.account_id, device.id

    outcomes = at_once(app, [lambda: service.try_display_pin(db.session.get_one(Device, device_id), PIN)] * 4)

    assert all(outcome.ok for outcome in outcomes)
    assert pin_hash_of(account_id).startswith("$argon2id$")


def test_the_last_guess_opens_though_another_phone_renews_the_hash_meanwhile(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    """It was counted when it was taken; comparing it once more takes no second guess, which would lock a person out."""
    device = make_old_pin()
    for wrong in range(settings.pin_guesses - 1):
        assert not service.try_display_pin(device, f"99999{wrong}").ok

    renewed = service.hash_display_pin(PIN)

    def renew_and_compare(known_hash: str, pin: str, pepper: bytes) -> bool:
        matches = slow_hash_matches(known_hash, pin, pepper)
        monkeypatch.undo()
        with transaction():
            db.session.execute(update(DisplayPin).values(pin_hash=renewed))
        return matches

    monkeypatch.setattr(pins, "slow_hash_matches", renew_and_compare)
    assert service.try_display_pin(device, PIN).ok
    assert pin_hash_of(device.account_id).startswith("$argon2id$")


def test_a_password_of_staff_is_hashed_anew_at_the_next_sign_in(app: Flask, browser: Browser) -> None:
    make_staff()
    with transaction():
        db.session.execute(update(StaffMember).values(password_hash=as_before(PASSWORD, "staff-password")))

    sign_in_staff(browser)

    db.session.rollback()
    member = find_staff("reviewer")
    assert member is not None and member.password_hash.startswith("$argon2id$")
    assert sign_in_staff(Browser(app)).response.request.path == "/bureau"


def test_an_operators_password_is_too(app: Flask, browser: Browser) -> None:
    make_desk(app)
    add_operator(get_institution(ORG), operator_id="D01", name="王芳", username="wang", by="staff:1", password=PASSWORD)
    with transaction():
        db.session.execute(update(Operator).values(password_hash=as_before(PASSWORD, "staff-password")))

    browser.get("/desk/sign-in")
    browser.post("/desk/sign-in", {"username": "wang", "password": PASSWORD})

    db.session.rollback()
    operator = find_operator("wang")
    assert operator is not None and operator.password_hash.startswith("$argon2id$")
