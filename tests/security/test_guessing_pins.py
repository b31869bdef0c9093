"""A thief with a copied store and its session has ten thousand PINs to try: the holder hears of it, and it comes to an end."""

from datetime import timedelta

from flask import Flask
from sqlalchemy import select

from app.accounts.models import Device, LoginSession, SessionEnd
from app.accounts.queries import list_devices
from app.accounts.service import bind_device
from app.core import clock
from app.core.audit import AuditRow
from app.core.db import db, transaction
from app.core.errors import DomainError
from app.core.settings import settings
from app.credentials import service
from app.messages.models import Message
from app.messages.queries import find_demo_sms
from tests.credentials.holders import make_holder
from tests.kit.at_once import at_once
from tests.kit.client import Browser
from tests.kit.people import PIN
from tests.kit.visitors import PHONE, account_and_device, activated_browser, unbound_browser
from tests.scanning.desk import change_settings

WRONG = "999990"
A_REST = timedelta(minutes=15, seconds=1)


def guess(browser: Browser, pin: str = WRONG) -> int:
    browser.get("/code")
    assert browser.page
    answer = browser.http.post("/code/unlocking", data={**browser.page.hidden(), "pin": pin})
    return answer.status_code


def guess_for_hours(browser: Browser, times: int) -> list[int]:
    """As often as the locks let."""
    said = []
    for n in range(times):
        if n and n % settings.pin_guesses == 0:
            clock.move(A_REST)
        said.append(guess(browser))
    return said


def test_twenty_wrong_pins_in_a_row_end_the_trust_in_the_device_however_long_they_took(app: Flask) -> None:
    thief = activated_browser(app)
    assert guess_for_hours(thief, 19)[-1] == 422

    last = guess(thief)

    assert last == 403
    (device,) = db.session.scalars(select(Device)).all()
    assert device.revoked_at is not None
    ended = db.session.scalars(select(LoginSession.end_reason).where(LoginSession.device_id == device.id)).all()
    assert set(ended) == {SessionEnd.pin_guessed}
    clock.move(A_REST)
    page = thief.get("/code")
    assert page.response.request.path == "/sign-in" and "连续输错展码密码太多次" in page.text
    titles = db.session.scalars(select(Message.title).where(Message.account_id == device.account_id)).all()
    assert "一台设备不能再用了" in titles
    assert "credential:pin_guessed" in db.session.scalars(select(AuditRow.tag)).all()


def test_the_first_lock_writes_to_the_inbox_and_by_sms_and_later_ones_do_not(app: Flask) -> None:
    thief = activated_browser(app)
    guess_for_hours(thief, 15)

    account, device = account_and_device()
    told = db.session.scalars(select(Message.body).where(Message.title == "展码密码输错太多次")).all()
    sms = find_demo_sms(PHONE)
    assert len(told) == 1 and device.name in told[0] and "挂失" in told[0]
    assert sms is not None and "连续输错展码密码" in sms.text
    assert list_devices(account.id)[0].is_bound


def test_a_right_pin_begins_the_row_anew(app: Flask) -> None:
    phone = activated_browser(app)
    guess_for_hours(phone, 14)
    assert guess(phone, PIN) == 303

    guess_for_hours(phone, 19)

    assert account_and_device()[1].is_bound


def test_the_right_pin_on_another_device_does_not_save_this_one(app: Flask) -> None:
    thief = unbound_browser(app)  # the same account, bound below
    account, _device = account_and_device()
    with transaction():
        for device in list_devices(account.id):
            bind_device(device)
    for n in range(20):
        if n % 4 == 0:
            assert service.try_display_pin(oldest_device(), PIN).ok
        last = guess(thief)

    assert last == 403
    assert [device.is_bound for device in list_devices(account.id)] == [True]


def oldest_device() -> Device:
    """The holder's own."""
    return min(db.session.scalars(select(Device)), key=lambda device: device.id)


def test_guesses_at_once_are_not_more(app: Flask) -> None:
    change_settings(app, pin_failures_in_a_row=3)
    device_id = make_holder().device.id
    db.session.rollback()

    def try_one() -> object:
        try:
            return service.try_display_pin(db.session.get_one(Device, device_id), WRONG).ok
        except DomainError as refusal:
            return refusal.code

    outcomes = at_once(app, [try_one] * 8)

    assert "pin_guessed" in outcomes and True not in outcomes
    assert not db.session.get_one(Device, device_id).is_bound


def test_the_row_outlasts_nights_between(app: Flask) -> None:
    thief = activated_browser(app)
    said: list[int] = []

    while 403 not in said and len(said) < 60:
        clock.move(timedelta(days=3))
        for _n in range(4):
            said.append(guess(thief))
            if said[-1] == 403:
                break

    wrong = db.session.scalars(select(AuditRow.tag).where(AuditRow.tag == "credential:pin_wrong")).all()
    assert 403 in said and len(wrong) == 20
