"""A SIM is not the person: what it takes until another device may show the code."""

from datetime import timedelta

from flask import Flask
from sqlalchemy import select

from app.accounts.models import Account, Device
from app.accounts.queries import list_devices
from app.activation.models import Rebinding
from app.activation.service import bind_due_devices
from app.core import clock
from app.core.audit import AuditRow
from app.core.db import db
from app.core.settings import settings
from app.messages.models import Message
from app.messages.queries import find_demo_sms
from app.roster.models import InsuredPerson
from tests.activation.story import (
    HOTLINE,
    NUMBER,
    PIN,
    activate,
    agree,
    choose,
    enrol,
    finish,
    path,
    person_of,
    prove_by_counter,
    prove_by_face,
    say_who,
    start_face,
)
from tests.kit.client import Browser
from tests.kit.sign_in import sign_in

PHONE = "13800000001"


def second_phone(app: Flask) -> Browser:
    clock.move(timedelta(minutes=2))
    browser = Browser(app)
    sign_in(browser, PHONE, next_path="/code")
    return browser


def unlocks(browser: Browser) -> bool:
    browser.get("/code")
    page = browser.post("/code/unlocking", {"pin": PIN})
    return any("data-code" in node.attrs for node in page.nodes)


def test_an_sms_alone_leads_to_re_binding_only(app: Flask) -> None:
    enrol()
    activate(app)

    browser = second_phone(app)

    assert browser.page and path(browser.page) == "/re-binding"
    for page in ("/code", "/activation", "/me"):
        assert path(browser.get(page)) == "/re-binding"
    assert "李" not in browser.page.one("main").text


def test_a_face_check_binds_at_once_and_the_old_pin_serves(app: Flask) -> None:
    enrol()
    first = activate(app)
    browser = second_phone(app)

    page = prove_by_face(browser, "re-binding")

    assert path(page) == "/code"
    assert unlocks(browser)
    assert "绑定了一台新设备" in first.get("/inbox").text


def test_a_counter_code_binds_at_once(app: Flask) -> None:
    enrol()
    activate(app)
    browser = second_phone(app)

    prove_by_counter(browser, "re-binding")

    assert unlocks(browser)


def test_a_failed_face_check_binds_nothing(app: Flask) -> None:
    enrol()
    activate(app)
    browser = second_phone(app)
    start_face(browser, "re-binding")

    page = choose(browser, "failed")

    assert path(page) == "/re-binding" and "没有通过" in page.text and HOTLINE in page.text
    assert path(browser.get("/code")) == "/re-binding"


def test_a_face_check_asks_for_consent_where_none_stands(app: Flask) -> None:
    enrol()
    browser = Browser(app)
    sign_in(browser, PHONE, next_path="/activation")
    say_who(browser)
    agree(browser, face=False)
    prove_by_counter(browser)
    finish(browser)
    browser = second_phone(app)

    page = start_face(browser, "re-binding")

    assert path(page) == "/re-binding" and "要先同意" in page.text
    assert path(start_face(browser, "re-binding", agrees="y")).startswith("/face-check-stub/")


def test_a_document_number_binds_after_a_day_and_everybody_is_told(app: Flask) -> None:
    enrol()
    first = activate(app)
    browser = second_phone(app)
    browser.get("/re-binding/document")

    asked = browser.post("/re-binding/document", {"cert_no": NUMBER})
    before = path(browser.get("/code"))
    clock.move(timedelta(hours=settings.rebind_delay_hours, seconds=1))
    page = browser.get("/re-binding")

    assert "绑定申请已收到" in asked.text and before == "/re-binding"
    assert "申请绑定" in first.get("/inbox").text
    sms = find_demo_sms(PHONE)
    assert sms and "绑定" in sms.text and "李明" not in sms.text
    assert "已经绑定" in page.text
    assert unlocks(browser)


def test_the_task_binds_it_too(app: Flask) -> None:
    enrol()
    activate(app)
    browser = second_phone(app)
    browser.post("/re-binding/document", {"cert_no": NUMBER})

    clock.move(timedelta(hours=settings.rebind_delay_hours, seconds=1))
    bind_due_devices()
    bind_due_devices()

    assert path(browser.get("/code")) == "/code"
    tags = list(db.session.scalars(select(AuditRow.tag)))
    assert tags.count("rebinding:requested") == tags.count("rebinding:done") == 1


def test_the_old_phone_cancels_what_it_did_not_ask_for(app: Flask) -> None:
    enrol()
    first = activate(app)
    browser = second_phone(app)
    browser.post("/re-binding/document", {"cert_no": NUMBER})
    rebinding_id = db.session.scalars(select(Rebinding.id)).one()
    shown = first.get(first.get("/me").one("a", href="/re-binding").attrs["href"])

    cancelled = first.post(f"/re-binding/requests/{rebinding_id}/cancellation")
    clock.move(timedelta(hours=settings.rebind_delay_hours, seconds=1))

    assert "申请绑定" in shown.text and "取消" in shown.text
    assert "已取消" in cancelled.text
    assert path(browser.get("/code")) == "/re-binding"
    first.post(f"/re-binding/requests/{rebinding_id}/cancellation", expect=404)


def test_a_strange_device_cannot_cancel_or_see_anothers_request(app: Flask) -> None:
    enrol()
    activate(app)
    browser = second_phone(app)
    browser.post("/re-binding/document", {"cert_no": NUMBER})
    rebinding_id = db.session.scalars(select(Rebinding.id)).one()
    stranger = Browser(app)
    sign_in(stranger, "13800000009")

    stranger.post(f"/re-binding/requests/{rebinding_id}/cancellation", expect=404)
    page = browser.post(f"/re-binding/requests/{rebinding_id}/cancellation")

    assert path(page) == "/re-binding"
    db.session.rollback()
    assert db.session.scalars(select(Rebinding).where(Rebinding.is_open())).one()


def test_the_waiting_device_may_withdraw(app: Flask) -> None:
    enrol()
    activate(app)
    browser = second_phone(app)
    browser.post("/re-binding/document", {"cert_no": NUMBER})

    page = browser.post("/re-binding/requests/own/cancellation")

    assert "绑定申请已收到" not in page.text


def test_a_removed_device_does_not_come_back_by_its_request(app: Flask) -> None:
    enrol()
    first = activate(app)
    browser = second_phone(app)
    browser.post("/re-binding/document", {"cert_no": NUMBER})
    first.get("/lost")
    first.post("/lost/freezing", {"removes_others": "y"})

    clock.move(timedelta(hours=settings.rebind_delay_hours, seconds=1))
    bind_due_devices()

    assert not any(device.is_bound for device in db.session.scalars(select(Device)) if device.revoked_at)
    assert db.session.scalars(select(Rebinding)).one().cancelled_at is not None


def test_wrong_document_numbers_are_counted(app: Flask) -> None:
    enrol()
    activate(app)
    browser = second_phone(app)
    other = {"cert_no": "510600199003070025"}
    browser.get("/re-binding/document")

    first = browser.post("/re-binding/document", other, expect=422)
    typo = browser.post("/re-binding/document", {"cert_no": "510600199003070018"}, expect=422)
    for _ in range(3):
        browser.post("/re-binding/document", other, expect=422)
    last = browser.post("/re-binding/document", other, expect=429)
    right = browser.post("/re-binding/document", {"cert_no": NUMBER}, expect=429)

    assert "还可以试 4 次" in first.text and "最后一位对不上" in typo.text
    assert "用完了" in last.text and "用完了" in right.text and HOTLINE in right.text
    assert db.session.scalars(select(Rebinding)).all() == []


def test_a_reassigned_number_proves_itself_by_activation(app: Flask) -> None:
    enrol()
    enrol("510600199003070025", "王芳")
    old = activate(app)
    new = second_phone(app)

    start = new.post("/re-binding/new-owner")
    before = db.session.scalars(select(Account)).all()
    say_who(new, name="王芳", cert_no="510600199003070025")
    agree(new)
    prove_by_face(new)
    last = finish(new)

    assert path(start) == "/activation" and len(before) == 1
    assert path(last) == "/code"
    db.session.rollback()
    accounts = {db.session.get_one(InsuredPerson, a.person_id).name: a for a in db.session.scalars(select(Account))}
    assert accounts["李明"].phone_hash is None and accounts["王芳"].phone_hash is not None
    assert [d.is_bound for d in list_devices(accounts["王芳"].id)] == [True]
    assert unlocks(old), "the old owner keeps the credential on the device that is bound"


def test_until_it_is_completed_the_number_stays_where_it_is(app: Flask) -> None:
    enrol()
    enrol("510600199003070025", "王芳")
    activate(app)
    new = second_phone(app)
    new.post("/re-binding/new-owner")
    say_who(new, name="王芳", cert_no="510600199003070025")

    opened = path(new.get("/code"))

    assert opened == "/re-binding"
    assert db.session.scalars(select(Account)).one().person_id == person_of().id
    assert path(new.get("/activation")) == "/activation/consent"


def test_the_old_owner_cannot_activate_a_second_time_that_way(app: Flask) -> None:
    enrol()
    activate(app)
    browser = second_phone(app)
    browser.post("/re-binding/new-owner")

    page = say_who(browser, expect=409)

    assert "已经激活过" in page.text


def test_letters_and_messages_name_nobody(app: Flask) -> None:
    enrol()
    activate(app)
    browser = second_phone(app)
    browser.post("/re-binding/document", {"cert_no": NUMBER})

    bodies = " ".join(db.session.scalars(select(Message.body)))

    assert bodies and "李" not in bodies and NUMBER not in bodies
