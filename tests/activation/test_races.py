"""What holds when several requests come at once, on both databases."""

from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from app.accounts.browser import Browser as BrowserKey
from app.accounts.models import LoginSession
from app.accounts.queries import find_account_by_phone
from app.accounts.service import create_account
from app.activation.models import LostReport, PinReset, Rebinding
from app.activation.queries import find_request, list_requests
from app.activation.service import ask_lost_code, bind_due_devices, cancel_request, finish_pin_reset, rebinding, report_lost_by_code
from app.core import clock
from app.core.audit import AuditRow
from app.core.db import db
from app.core.errors import TooMany
from app.core.settings import settings
from app.credentials.service import hash_display_pin
from app.roster.identity import parse_cert
from tests.activation.story import NAME, NUMBER, activate, enrol, prove_by_face
from tests.activation.test_pin_reset import A_DAY, asked
from tests.activation.test_rebinding import second_phone
from tests.kit.at_once import at_once
from tests.kit.people import make_person
from tests.kit.relatives import family
from tests.kit.visitors import account_and_device

BROWSER = BrowserKey(b"b" * 32, "安卓手机 Chrome")


def ask() -> None:
    ask_lost_code(parse_cert("01", NUMBER), NAME, browser=BROWSER, address="192.0.2.1")


def test_asking_for_a_lost_code_at_once_is_limited_too(app: Flask) -> None:
    make_person()

    answers = at_once(app, [ask] * 8)

    assert sum(isinstance(answer, TooMany) for answer in answers) == 8 - settings.lost_code_per_person_hour
    assert len(db.session.scalars(select(LostReport.id)).all()) == settings.lost_code_per_person_hour


def test_parallel_guesses_of_a_lost_code_get_no_extra_tries(app: Flask) -> None:
    enrol()
    activate(app)
    account, relative = find_account_by_phone("13800000001"), create_account("13800000055")
    assert account
    with family() as (related, _events):
        related[account.id] = [relative.id]
        ask()

        at_once(app, [lambda: report_lost_by_code("x", browser=BROWSER)] * 12)

    assert db.session.scalars(select(LostReport.guesses)).one() == settings.lost_code_guesses


def test_a_choice_and_an_objection_at_once_have_one_winner(app: Flask) -> None:
    asked(app)
    clock.move(A_DAY + timedelta(minutes=1))
    account, device = account_and_device("13800000001")
    session_id = db.session.scalars(select(LoginSession.id).where(LoginSession.device_id == device.id)).one()
    pin_hash = hash_display_pin("846201")
    pending_id = list_requests(PinReset, account)[0].id

    def choose() -> bool:
        finish_pin_reset(db.session.get_one(LoginSession, session_id), db.session.get_one(PinReset, pending_id), pin_hash)
        return True

    def objects() -> bool:
        return cancel_request(db.session.get_one(PinReset, pending_id), "device:1")

    won = [answer is True for answer in at_once(app, [choose, objects])]

    assert sum(won) == 1 and find_request(PinReset, device.id) is None
    reset = db.session.scalars(select(PinReset)).one()
    assert (reset.done_at is None) != (reset.cancelled_at is None)


def count(tag: str) -> int:
    db.session.rollback()
    return len(list(db.session.scalars(select(AuditRow.id).where(AuditRow.tag == tag))))


def test_a_face_check_while_a_request_waits_binds_once_and_settles_the_request(app: Flask) -> None:
    enrol()
    activate(app)
    phone = second_phone(app)
    phone.post("/re-binding/document", {"cert_no": NUMBER})

    prove_by_face(phone, "re-binding")
    clock.move(A_DAY + timedelta(minutes=1))
    bind_due_devices()

    settled = db.session.scalars(select(Rebinding)).one()
    assert settled.done_at is not None and settled.cancelled_at is None
    assert count("rebinding:done") == 1


def test_an_objection_that_comes_just_before_a_device_is_bound_holds(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    enrol()
    activate(app)
    second_phone(app).post("/re-binding/document", {"cert_no": NUMBER})
    clock.move(A_DAY + timedelta(minutes=1))
    look = rebinding.list_due_rebindings

    def look_and_lose() -> list[Rebinding]:
        due = look()
        for each in due:
            cancel_request(each, "account:1")
        return due

    monkeypatch.setattr(rebinding, "list_due_rebindings", look_and_lose)

    bind_due_devices()

    asked_for = db.session.scalars(select(Rebinding)).one()
    assert asked_for.cancelled_at is not None and not asked_for.device.is_bound
    assert (count("rebinding:done"), count("rebinding:cancelled")) == (0, 1)
