"""One number, one account: changed by its owner, taken over by whom the carrier gave it to."""

from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from app.accounts import queries, service
from app.accounts.browser import Browser as BrowserValue
from app.accounts.models import Account, Device, LoginSession
from app.core import clock
from app.core.audit import AuditRow
from app.core.db import db, transaction
from app.core.errors import DomainError
from app.messages.models import DemoSms, Message
from app.messages.queries import find_demo_sms
from tests.kit.client import Browser
from tests.kit.people import PIN, make_activated_account, make_person
from tests.kit.sign_in import ask_for_code, sign_in, sms_code

OLD, NEW = "13800000001", "13900000002"
HERE = BrowserValue(b"h" * 32, "安卓手机 Chrome")


def sign_in_bound(browser: Browser, phone: str = OLD) -> Account:
    """A browser signed in on a device bound to an activated account."""
    account = make_activated_account(phone)
    with transaction():
        started = service.start_session(account, BrowserValue(b"0" * 32, "x"))
        service.revoke_device(started.session.device)
    code = ask_for_code(browser, phone)
    assert browser.page is not None
    token = browser.page.hidden()["csrf_token"]
    browser.http.post("/sign-in", data={"phone": phone, "code": code, "csrf_token": token})
    service.bind_device(queries.list_devices(account.id)[0])
    return account


def ask_at_new_number(browser: Browser, phone: str = NEW) -> str:
    browser.get("/me/phone")
    return sms_code(browser.post("/me/phone", {"phone": phone, "step": "code"}))


def test_a_number_is_changed_by_a_code_sent_to_the_new_one(browser: Browser) -> None:
    sign_in(browser, OLD)
    code = ask_at_new_number(browser)

    page = browser.post("/me/phone", {"phone": NEW, "code": code, "step": "change"})

    assert "手机号已更换" in page.text
    assert "139****0002" in page.text
    assert queries.find_account_by_phone(OLD) is None


def test_an_activated_account_also_asks_for_the_display_pin(browser: Browser) -> None:
    account = sign_in_bound(browser)
    code = ask_at_new_number(browser)

    without = browser.post("/me/phone", {"phone": NEW, "code": code}, expect=422)
    wrong = browser.post("/me/phone", {"phone": NEW, "code": code, "pin": "000111"}, expect=422)

    assert "请填写展码密码" in without.text
    assert "展码密码不对，还可以再试 4 次" in wrong.text
    assert queries.phone_of(account) == OLD
    browser.post("/me/phone", {"phone": NEW, "code": code, "pin": PIN})
    assert queries.phone_of(queries.get_account(account.id)) == NEW


def test_five_wrong_pins_lock_the_change_and_say_until_when(browser: Browser) -> None:
    sign_in_bound(browser)
    code = ask_at_new_number(browser)
    for _ in range(4):
        browser.post("/me/phone", {"phone": NEW, "code": code, "pin": "000111"}, expect=422)

    page = browser.post("/me/phone", {"phone": NEW, "code": code, "pin": "000111"}, expect=429)

    assert "以后再试" in page.text
    assert 800 < int(page.response.headers["Retry-After"]) <= 901


def test_while_nothing_can_check_the_pin_no_number_is_changed(
    app: Flask, browser: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    sign_in_bound(browser)
    code = ask_at_new_number(browser)
    monkeypatch.setitem(app.extensions["hooks"], service.provide_step_up.name, [])

    page = browser.post("/me/phone", {"phone": NEW, "code": code, "pin": PIN}, expect=503)

    assert "现在不能核对展码密码" in page.text and page.response.headers["Retry-After"] == "60"
    assert queries.find_account_by_phone(NEW) is None


def test_only_an_account_with_a_person_has_a_pin_that_is_asked(app: Flask) -> None:
    account = make_activated_account(OLD)
    with transaction():
        owned = service.start_session(account, HERE).session
        empty = service.start_session(service.create_account(NEW), HERE).session

    assert service.check_step_up(empty.device, "").ok
    assert not service.check_step_up(owned.device, "000111").ok and service.check_step_up(owned.device, PIN).ok


def test_the_old_number_and_the_inbox_are_told(browser: Browser) -> None:
    account = sign_in_bound(browser)
    code = ask_at_new_number(browser)

    browser.post("/me/phone", {"phone": NEW, "code": code, "pin": PIN})

    told = find_demo_sms(OLD)
    assert told is not None and "139****0002" in told.text and NEW not in told.text
    letters = db.session.scalars(select(Message).where(Message.account_id == account.id)).all()
    assert [letter.title for letter in letters] == ["手机号已更换"]


def test_a_wrong_code_at_the_new_number_changes_nothing(browser: Browser) -> None:
    sign_in(browser, OLD)
    code = ask_at_new_number(browser)

    page = browser.post("/me/phone", {"phone": NEW, "code": f"{(int(code) + 7) % 1000000:06}"}, expect=422)

    assert "还可以再试 4 次" in page.text
    assert queries.find_account_by_phone(OLD) is not None


def test_a_code_for_signing_in_does_not_change_a_number(app: Flask, browser: Browser) -> None:
    sign_in(browser, OLD)
    browser.get("/me")
    other = ask_at_new_number(browser)
    clock.move(timedelta(seconds=61))
    browser.get("/sign-in?next=/me")
    token = browser.page.hidden()["csrf_token"] if browser.page else ""
    browser.http.post("/sign-in", data={"phone": NEW, "step": "code", "csrf_token": token})
    sms = find_demo_sms(NEW)
    assert sms is not None
    signing_in = sms.text.split("验证码 ")[1][:6]

    if signing_in != other:
        browser.post("/me/phone", {"phone": NEW, "code": signing_in}, expect=422)

    assert queries.find_account_by_phone(NEW) is None


def test_an_empty_account_gives_its_number_up(app: Flask, browser: Browser) -> None:
    empty = Browser(app)
    sign_in(empty, NEW)
    clock.move(timedelta(seconds=61))
    sign_in(browser, OLD)
    code = ask_at_new_number(browser)

    browser.post("/me/phone", {"phone": NEW, "code": code})

    holder = queries.find_account_by_phone(NEW)
    assert holder is not None and queries.find_account_by_phone(OLD) is None
    assert empty.http.get("/me").status_code == 303


def test_a_number_of_another_person_is_refused_with_the_way_to_go(browser: Browser) -> None:
    make_activated_account(NEW, number="510600199003070025", name="王芳")
    sign_in(browser, OLD)
    code = ask_at_new_number(browser)

    page = browser.post("/me/phone", {"phone": NEW, "code": code}, expect=409)

    assert "登记在另一位参保人名下" in page.text
    assert "医保窗口" in page.text
    assert queries.find_account_by_phone(OLD) is not None


def test_the_same_number_again_changes_nothing(browser: Browser) -> None:
    sign_in(browser, OLD)
    clock.move(timedelta(seconds=61))
    code = ask_at_new_number(browser, OLD)

    browser.post("/me/phone", {"phone": OLD, "code": code})

    assert db.session.scalars(select(AuditRow.tag).where(AuditRow.tag == "account:phone_changed")).all() == []


def test_a_reassigned_number_leaves_its_old_account_with_its_person(app: Flask) -> None:
    old = make_activated_account(OLD)
    with transaction():
        new = service.take_over_phone(service.start_session(old, HERE).session)

    assert queries.phone_of(new) == OLD
    kept = queries.get_account(old.id)
    assert (queries.phone_of(kept), kept.is_activated) == ("", True)
    assert db.session.scalars(select(Message.title).where(Message.account_id == old.id)).all() == ["您的手机号已由他人使用"]


def test_taking_over_a_number_takes_the_session_and_nothing_else_along(app: Flask) -> None:
    old = make_activated_account(OLD)
    with transaction():
        elsewhere = service.start_session(old, BrowserValue(b"e" * 32, "苹果手机 Safari")).session
        here = service.start_session(old, HERE).session

    new = service.take_over_phone(here)

    assert here.account_id == new.id
    assert here.device.account_id == new.id and not here.device.is_bound
    assert elsewhere.account_id == old.id and elsewhere.ended_at is None
    with transaction():
        service.give_account_to_person(new, make_person("510600199003070025", "王芳"))
    assert queries.get_account(new.id).is_activated


def test_a_number_cannot_be_moved_twice(app: Flask) -> None:
    old = make_activated_account(OLD)
    with transaction():
        first, second = service.create_account("13700000001"), service.create_account("13700000002")
    service.move_phone(old, first)

    with pytest.raises(DomainError) as refusal:
        service.move_phone(queries.get_account(old.id), second)

    assert refusal.value.code == "phone_gone"
    assert queries.phone_of(queries.get_account(first.id)) == OLD


def test_an_account_without_a_number_may_register_one(browser: Browser) -> None:
    account = sign_in_bound(browser)
    with transaction():
        service.move_phone(account, service.create_account("13700000001"))

    assert "没有手机号" in browser.get("/me").text
    code = ask_at_new_number(browser)
    browser.post("/me/phone", {"phone": NEW, "code": code, "pin": PIN})

    assert queries.phone_of(queries.get_account(account.id)) == NEW


def test_one_person_has_one_account(app: Flask) -> None:
    make_activated_account(OLD)
    with transaction():
        other = service.create_account(NEW)

    with pytest.raises(DomainError) as refusal, transaction():
        service.give_account_to_person(other, make_person())

    assert refusal.value.code == "person_has_account"
    assert not queries.get_account(other.id).is_activated


def test_an_account_of_one_person_is_given_to_no_other(app: Flask) -> None:
    account = make_activated_account(OLD)
    other = make_person("510600199003070025", "王芳")

    with pytest.raises(DomainError) as refusal:
        service.give_account_to_person(account, other)

    assert refusal.value.code == "account_taken"


def test_giving_an_account_to_its_own_person_again_changes_nothing(app: Flask) -> None:
    account = make_activated_account(OLD)

    service.give_account_to_person(account, make_person())

    assert len(db.session.scalars(select(AuditRow).where(AuditRow.tag == "account:person_given")).all()) == 1


def test_the_number_is_stored_so_that_the_table_alone_does_not_tell_it(app: Flask) -> None:
    service.create_account(OLD)

    account = db.session.scalars(select(Account)).one()

    assert account.phone_encrypted is not None and OLD.encode() not in account.phone_encrypted
    assert queries.phone_of(account) == OLD
    assert db.session.scalars(select(DemoSms)).all() == []
    assert db.session.scalars(select(Device)).all() == [] and db.session.scalars(select(LoginSession)).all() == []
