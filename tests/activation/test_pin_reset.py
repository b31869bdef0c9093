"""忘记展码密码 by SMS and document number: a day's delay, everybody told, any device may object. And what an SMS counts for."""

from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from app.accounts.models import LoginSession
from app.activation.models import PinReset
from app.activation.service import cancel_request, finish_pin_reset
from app.core import clock
from app.core.audit import AuditRow
from app.core.db import db
from app.core.errors import DomainError
from app.core.settings import settings
from app.credentials.models import EndReason, Presentation
from app.messages.queries import find_demo_sms
from tests.activation.story import NUMBER, activate, enrol, path, prove_by_counter
from tests.activation.test_rebinding import PHONE, second_phone
from tests.kit.client import Browser
from tests.kit.relatives import family
from tests.kit.sign_in import sms_code

NEW = "846201"
A_DAY = timedelta(hours=24)


def asked(app: Flask) -> Browser:
    """On the phone itself, whose PIN was forgotten."""
    enrol()
    browser = activate(app)
    browser.get("/pin-reset/document")
    browser.post("/pin-reset/document", {"cert_no": NUMBER.lower()})
    return browser


def choose_pin(browser: Browser, pin: str = NEW) -> str:
    browser.get("/pin-reset/new-pin")
    return path(browser.post("/pin-reset/new-pin", {"pin": pin, "again": pin}))


def opens(browser: Browser, pin: str, *, expect: int = 200) -> bool:
    browser.get("/code")
    page = browser.post("/code/unlocking", {"pin": pin}, expect=expect)
    return any("data-code" in node.attrs for node in page.nodes)


def test_the_document_number_resets_after_a_day(app: Flask) -> None:
    with family() as (_related, events):
        browser = asked(app)
        told = browser.get("/inbox").text
        waiting = browser.get("/pin-reset").text
        too_early = choose_pin(browser)
        clock.move(A_DAY)
        due = browser.get("/pin-reset").text
        done = choose_pin(browser)

    sms = find_demo_sms(PHONE)
    assert "有人申请重设展码密码" in told and "重设申请已收到" in waiting and sms and "刚刚重设过" in sms.text
    assert (too_early, done) == ("/pin-reset", "/code") and "可以设新密码了" in due
    assert [e.kind for e in events if e.kind.startswith("pin_reset")] == ["pin_reset_requested", "pin_reset"]
    assert opens(browser, NEW) and choose_pin(browser, "246810") == "/pin-reset/phone"
    assert {"pin_reset:requested", "pin_reset:done"} <= set(db.session.scalars(select(AuditRow.tag)))


def test_a_reset_ends_every_old_handle(app: Flask) -> None:
    browser = asked(app)
    old = db.session.scalars(select(Presentation.handle)).one()
    clock.move(A_DAY)

    choose_pin(browser)

    ended = db.session.get_one(Presentation, old)
    assert ended.end_reason is EndReason.replaced
    assert opens(browser, NEW)
    assert len(db.session.scalars(select(Presentation.handle)).all()) == 2


def test_any_device_may_object_while_it_waits(app: Flask) -> None:
    enrol()
    first = activate(app)
    browser = second_phone(app)
    browser.post("/pin-reset/document", {"cert_no": NUMBER})
    notice = first.get("/re-binding")
    pending = db.session.scalars(select(PinReset)).one()

    page = first.post(f"/pin-reset/requests/{pending.id}/cancellation")
    clock.move(A_DAY)

    assert "有人申请重设展码密码" in notice.text and path(page) == "/re-binding"
    assert choose_pin(browser) in {"/pin-reset", "/pin-reset/phone"}
    assert "已取消重设展码密码" in first.get("/inbox").text


def test_nobody_elses_request_can_be_cancelled(app: Flask) -> None:
    asked(app)
    pending = db.session.scalars(select(PinReset)).one()
    clock.move(timedelta(minutes=2))
    enrol("510600198506120018", "王芳")
    stranger = activate(app, "13800000009", name="王芳", cert_no="510600198506120018")

    stranger.post(f"/pin-reset/requests/{pending.id}/cancellation", expect=404)

    db.session.rollback()
    assert db.session.scalars(select(PinReset)).one().cancelled_at is None


def test_a_request_nobody_used_runs_out(app: Flask) -> None:
    browser = asked(app)
    clock.move(A_DAY + timedelta(days=settings.pin_reset_open_days))

    assert choose_pin(browser) != "/code"


def test_a_wrong_number_is_counted_and_asks_for_nothing(app: Flask) -> None:
    enrol()
    browser = activate(app)

    page = browser.post("/pin-reset/document", {"cert_no": "510600198506120018"}, expect=422)

    assert "今天还可以试 4 次" in page.text and not db.session.scalars(select(PinReset)).all()


def test_a_session_of_long_ago_gives_an_sms_first(app: Flask) -> None:
    enrol()
    browser = activate(app)
    clock.move(timedelta(minutes=settings.sms_fresh_minutes, seconds=1))

    page = browser.get("/pin-reset")
    unproved = path(browser.get("/pin-reset/counter-code"))
    shown = browser.post("/pin-reset/phone", {"step": "code"})
    wrong = browser.post("/pin-reset/phone", {"step": "check", "code": "12"}, expect=422)
    done = browser.post("/pin-reset/phone", {"step": "check", "code": sms_code(shown)})

    assert path(page) == unproved == "/pin-reset/phone" and "138****0001" in page.text
    assert "6 位数字" in wrong.text and path(done) == "/pin-reset"
    assert path(prove_by_counter(browser, "pin-reset")) == "/pin-reset/new-pin"


def test_an_sms_for_signing_in_confirms_no_reset(app: Flask) -> None:
    enrol()
    browser = activate(app)
    clock.move(timedelta(minutes=settings.sms_fresh_minutes, seconds=1))
    stranger = Browser(app)
    shown = stranger.post("/sign-in", {"phone": PHONE, "step": "code"}) if stranger.get("/sign-in") else None
    assert shown

    page = browser.post("/pin-reset/phone", {"step": "check", "code": sms_code(shown)}, expect=422)

    assert "还没有在这台设备上" in page.text and path(browser.get("/pin-reset")) == "/pin-reset/phone"


def test_a_removed_device_takes_its_request_along(app: Flask) -> None:
    enrol()
    first = activate(app)
    browser = second_phone(app)
    browser.post("/pin-reset/document", {"cert_no": NUMBER})
    device = db.session.scalars(select(PinReset)).one().device_id

    first.post(f"/me/devices/{device}/removal")

    db.session.rollback()
    assert db.session.scalars(select(PinReset)).one().cancelled_at is not None


def test_a_reset_at_the_window_settles_every_request_that_waits(app: Flask) -> None:
    """One's own is done with it; that of another phone is over."""
    enrol()
    first = activate(app)
    second = second_phone(app)
    for phone in (first, second):
        phone.get("/pin-reset/document")
        phone.post("/pin-reset/document", {"cert_no": NUMBER})
    mine = db.session.scalars(select(PinReset.id).order_by(PinReset.id)).first()

    prove_by_counter(first, "pin-reset")
    assert choose_pin(first) == "/code"

    db.session.rollback()
    ends = {reset.id: (reset.done_at is not None, reset.cancelled_at is not None) for reset in db.session.scalars(select(PinReset))}
    assert len(ends) == 2
    assert all(end == ((True, False) if request_id == mine else (False, True)) for request_id, end in ends.items())


def test_a_choice_that_comes_just_after_an_objection_is_told_so(app: Flask) -> None:
    asked(app)
    pending = db.session.scalars(select(PinReset)).one()
    session = db.session.scalars(select(LoginSession).where(LoginSession.device_id == pending.device_id)).one()
    clock.move(A_DAY)
    cancel_request(pending, "device:1")

    with pytest.raises(DomainError) as refusal:
        finish_pin_reset(session, pending, "")

    assert refusal.value.code == "pin_reset_gone" and refusal.value.status == 409
