from datetime import date, timedelta

import pytest
from flask import Flask
from sqlalchemy import func, select

from app.accounts.browser import Browser
from app.accounts.models import Device
from app.accounts.service import start_session
from app.core import clock
from app.core.audit.models import AuditRow
from app.core.db import db, transaction
from app.core.errors import DomainError
from app.credentials import service
from app.credentials.display_pin import InvalidPin, parse_pin, weakness
from tests.credentials.holders import PIN, make_account, make_holder, make_person
from tests.kit.at_once import at_once


def test_a_pin_is_read_as_people_type_it(subtests: pytest.Subtests, app: Flask) -> None:
    for typed in ("274951", " 274951 ", "27 49 51", "２７４９５１", "274951\u3000"):
        with subtests.test(typed=typed):
            assert parse_pin(typed) == PIN


def test_what_is_no_pin_gets_a_sentence(subtests: pytest.Subtests, app: Flask) -> None:
    for typed, sentence in (
        ("", "请输入"),
        ("27495", "您输入了 5 位"),
        ("2749511", "7 位"),
        ("27495a", "只有数字"),
        ("二七四九五一", "只有数字"),
    ):
        with subtests.test(typed=typed, sentence=sentence), pytest.raises(InvalidPin, match=sentence):
            parse_pin(typed)


EASY = """
000000 111111 123456 654321 012345 567890 987654 121212 123123 112233 665544
900307 030790 070390 199003 070017 307001
"""


def test_an_easy_pin_is_refused(subtests: pytest.Subtests, app: Flask) -> None:
    for pin in EASY.split():
        with subtests.test(pin=pin):
            assert weakness(pin, date(1990, 3, 7), "510600199003070017")


def test_the_tail_before_an_x_is_refused_too(app: Flask) -> None:
    assert weakness("582147", None, "51060019900358214X") is None
    assert weakness("358214", None, "51060019900358214X")


def test_a_good_pin_is_taken(app: Flask) -> None:
    person = make_person()

    assert service.check_pin_choice(PIN, person) is None
    assert service.check_pin_choice("900307", person)


def test_the_right_pin_opens_and_clears_the_count(app: Flask) -> None:
    device = make_holder().device
    assert [service.try_display_pin(device, "999990").guesses_left for _ in range(4)] == [4, 3, 2, 1]

    assert service.try_display_pin(device, PIN).ok

    assert service.try_display_pin(device, "999990").guesses_left == 4


def test_five_wrong_pins_lock_for_fifteen_minutes(app: Flask) -> None:
    device = make_holder().device
    results = [service.try_display_pin(device, "999990") for _ in range(5)]
    assert [r.locked_until is None for r in results] == [True, True, True, True, False]

    locked = service.try_display_pin(device, PIN)
    assert not locked.ok
    assert locked.locked_until is not None
    assert timedelta(minutes=14) < locked.locked_until - clock.now() <= timedelta(minutes=15)

    clock.move(timedelta(minutes=15, seconds=1))
    assert service.try_display_pin(device, "999990").guesses_left == 4
    assert service.try_display_pin(device, PIN).ok


def test_guesses_at_the_same_moment_are_not_more_than_five(app: Flask) -> None:
    device_id = make_holder().device.id
    db.session.rollback()

    outcomes = at_once(app, [lambda: service.try_display_pin(db.session.get_one(Device, device_id), "999990")] * 12)

    assert not any(outcome.ok for outcome in outcomes)
    compared = db.session.scalar(select(func.count()).where(AuditRow.tag == "credential:pin_wrong"))
    assert compared == 5
    assert not service.try_display_pin(db.session.get_one(Device, device_id), PIN).ok


def test_an_account_without_a_pin_is_told_so(app: Flask) -> None:
    with transaction():
        device = start_session(make_account(), Browser(b"b" * 32, "Chrome")).session.device

    with pytest.raises(DomainError) as refused:
        service.try_display_pin(device, PIN)

    assert refused.value.code == "pin_missing"


def test_the_hash_does_not_run_inside_a_transaction(app: Flask) -> None:
    device_id = make_holder().device.id

    with pytest.raises(RuntimeError), transaction():
        service.try_display_pin(db.session.get_one(Device, device_id), PIN)
