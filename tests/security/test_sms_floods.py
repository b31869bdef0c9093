"""Strangers who ask for codes: they cost the bureau little, and neither stop the holder's phone nor the way to report a loss."""

from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import func, select

from app.accounts import service
from app.accounts.browser import Browser as BrowserKey
from app.accounts.models import SmsCode, SmsPurpose
from app.core import clock
from app.core.audit import AuditRow
from app.core.db import db
from app.core.errors import TooMany
from app.core.networks import network_of, wide_network_of
from tests.kit.client import Browser
from tests.kit.sign_in import ask_for_code, sign_in
from tests.scanning.desk import change_settings

PHONE = "13800000001"
A_MINUTE = timedelta(seconds=61)


def ask(number: int, address: str, *, phone: str = "", is_lost: bool = False) -> str:
    """By a browser of its own; what was said, empty for an SMS that was sent."""
    browser = BrowserKey(number.to_bytes(32), "x")
    phone = phone or f"139{number:08}"
    try:
        service.request_sms_code(phone, SmsPurpose.sign_in, browser=browser, address=address, is_lost=is_lost)
    except TooMany as refusal:
        return str(refusal.what)
    return ""


def flood(phone: str, *, times: int = 5, address: str = "203.0.113.9", is_lost: bool = False) -> list[str]:
    said = []
    for number in range(times):
        said.append(ask(9000 + number, address, phone=phone, is_lost=is_lost))
        clock.move(A_MINUTE)
    return said


def test_networks_are_what_somebody_has_to_themselves(subtests: pytest.Subtests) -> None:
    for address, network, wide in (
        ("203.0.113.7", "203.0.113.7", "203.0.113.7"),
        ("::ffff:203.0.113.7", "203.0.113.7", "203.0.113.7"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64", "2001:db8:1::/48"),
        ("fe80::1%eth0", "fe80::/64", "fe80::/48"),
        ("no address", "?", "?"),
    ):
        with subtests.test(address=address):
            assert (network_of(address), wide_network_of(address)) == (network, wide)


def test_a_network_of_ipv6_gets_what_one_address_gets(app: Flask) -> None:
    said = [ask(n, f"2001:db8:1:2::{n + 1:x}") for n in range(60)]

    assert [bool(each) for each in said] == [False] * 20 + [True] * 40
    assert "网络" in said[-1]


def test_a_network_of_networks_gets_three_times_as_many(app: Flask) -> None:
    said = [ask(n, f"2001:db8:1:{n:x}::1") for n in range(62)]

    assert [bool(each) for each in said] == [False] * 60 + [True] * 2
    assert ask(99, "2001:db8:2::1") == ""


def test_the_whole_bureau_sends_so_many_an_hour_and_an_alarm_once(app: Flask) -> None:
    change_settings(app, sms_per_bureau_hour=5)

    said = [ask(n, f"203.0.113.{n}") for n in range(9)]

    assert [bool(each) for each in said] == [False] * 5 + [True] * 4
    db.session.rollback()
    alarms = db.session.scalar(select(func.count()).where(AuditRow.tag == "account:sms_flood"))
    assert alarms == 1
    clock.move(timedelta(hours=1, seconds=1))
    assert ask(20, "203.0.113.20") == ""


def test_strangers_who_used_up_a_number_do_not_stop_the_phone_that_knows_it(app: Flask) -> None:
    own = Browser(app)
    sign_in(own, PHONE)
    clock.move(timedelta(hours=2))
    assert flood(PHONE)[-1] == "" and "5 条短信" in flood(PHONE, times=1)[0]
    change_settings(app, sms_per_bureau_hour=1)

    assert len(ask_for_code(own, PHONE)) == 6


def test_a_stranger_who_asked_this_minute_does_not_make_the_known_phone_wait(app: Flask) -> None:
    own = Browser(app)
    sign_in(own, PHONE)
    clock.move(timedelta(hours=2))
    assert ask(1, "203.0.113.9", phone=PHONE) == ""

    assert len(ask_for_code(own, PHONE)) == 6


def test_a_known_phone_has_five_an_hour_with_all_it_asked_for(app: Flask) -> None:
    own = Browser(app)
    sign_in(own, PHONE)
    clock.move(A_MINUTE)
    for _n in range(4):
        ask_for_code(own, PHONE)
        clock.move(A_MINUTE)

    own.get("/sign-in")
    assert "5 条短信" in own.post("/sign-in", {"phone": PHONE, "step": "code"}, expect=429).text


def test_known_phones_do_not_share_the_address_of_their_carrier_with_strangers(app: Flask) -> None:
    own = Browser(app)
    sign_in(own, PHONE)
    clock.move(A_MINUTE)
    assert [ask(n, "127.0.0.1") for n in range(21)].count("") == 19  # one was the phone's own first

    assert len(ask_for_code(own, PHONE)) == 6


def test_who_lost_the_phone_gets_a_code_however_many_strangers_asked(app: Flask) -> None:
    flood(PHONE)
    [ask(n, "127.0.0.1") for n in range(21)]
    borrowed = Browser(app)

    assert len(ask_for_code(borrowed, PHONE, next_path="/lost")) == 6


def test_one_stranger_does_not_use_up_the_way_to_report_a_loss(app: Flask) -> None:
    flood(PHONE, is_lost=True)
    assert "5 条短信" in flood(PHONE, times=1, is_lost=True)[0]
    borrowed = Browser(app)

    assert len(ask_for_code(borrowed, PHONE, next_path="/lost")) == 6
    assert db.session.scalar(select(func.count()).select_from(SmsCode).where(SmsCode.allowance == "lost")) == 6


def test_nor_do_three_but_no_more_than_fifteen_are_sent_in_an_hour(app: Flask) -> None:
    sent = [flood(PHONE, address=f"203.0.113.{n}", is_lost=True).count("") for n in range(4)]

    assert sum(sent) == 15
