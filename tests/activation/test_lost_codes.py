"""手机丢失 without an SMS: name and document number, and six digits that a relative reads out; and what a relative may do."""

import re
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from app.accounts.models import Account
from app.accounts.queries import find_account_by_phone
from app.accounts.service import create_account
from app.activation.models import LostReport
from app.activation.service import report_lost_for_relative
from app.core import clock
from app.core.audit import AuditRow
from app.core.db import db
from app.core.errors import DomainError
from app.core.settings import settings
from app.credentials.models import CredentialStatus
from app.credentials.queries import find_credential_of
from app.messages.queries import list_messages
from app.roster.identity import check_digit
from tests.activation.story import NAME, NUMBER, activate, enrol, path, person_of
from tests.activation.test_rebinding import PHONE
from tests.kit.client import Browser, Page
from tests.kit.relatives import family

UNKNOWN = "51060019620315001" + check_digit("51060019620315001")


def mother(app: Flask) -> Account:
    enrol()
    activate(app)
    account = find_account_by_phone(PHONE)
    assert account
    return account


def ask(browser: Browser, *, number: str = NUMBER, name: str = NAME, expect: int = 200) -> Page:
    browser.get("/lost/family-code")
    return browser.post("/lost/family-code", {"name": name, "cert_type": "01", "cert_no": number}, expect=expect)


def read_out(relative: Account) -> str:
    db.session.rollback()
    digits = re.findall(r"(?<!\d)\d{6}(?!\d)", list_messages(relative.id)[0].body)
    assert len(digits) == 1
    return str(digits[0])


def status() -> CredentialStatus:
    db.session.rollback()
    credential = find_credential_of(person_of().id)
    assert credential
    return credential.status


def test_a_relative_reads_the_code_out_and_everything_ends(app: Flask) -> None:
    account, daughter = mother(app), create_account("13800000055")
    with family() as (related, events):
        related[account.id] = [daughter.id]
        browser = Browser(app)

        asked = ask(browser)
        done = browser.post("/lost/family-code/freezing", {"code": read_out(daughter)})

    assert path(asked) == "/lost/family-code/freezing" and path(done) == "/lost/done"
    assert status() is CredentialStatus.frozen
    assert [e.kind for e in events] == ["lost_reported"]
    assert "李*" in list_messages(daughter.id)[0].body and NUMBER not in list_messages(daughter.id)[0].body
    assert "lost:code_asked" in db.session.scalars(select(AuditRow.tag)).all()


def test_nobody_can_ask_who_is_insured_or_has_a_family(app: Flask) -> None:
    account, daughter = mother(app), create_account("13800000055")
    enrol("510600198506120018", "王芳")
    with family() as (related, _events):
        related[account.id] = [daughter.id]

        answers = [
            ask(Browser(app)),
            ask(Browser(app), name="王小明"),
            ask(Browser(app), number="510600198506120018", name="王芳"),
            ask(Browser(app), number=UNKNOWN, name="无此人"),
        ]

    pages = {(path(page), page.status, page.text) for page in answers}
    assert len(pages) == 1
    assert len(list_messages(daughter.id)) == 1


def test_wrong_digits_are_counted_and_the_sentence_is_the_same_for_a_person_who_does_not_exist(app: Flask) -> None:
    account, daughter = mother(app), create_account("13800000055")
    with family() as (related, _events):
        related[account.id] = [daughter.id]
        real, unreal = Browser(app), Browser(app)
        ask(real)
        ask(unreal, number=UNKNOWN, name="无此人")
        code = read_out(daughter)
        wrong = f"{(int(code) + 1) % 1_000_000:06}"

        for left in range(settings.lost_code_guesses - 1, -1, -1):
            expect = 422 if left else 429
            pages = [each.post("/lost/family-code/freezing", {"code": wrong}, expect=expect) for each in (real, unreal)]
            assert pages[0].text == pages[1].text
            assert f"还可以试 {left} 次" in pages[0].text or left == 0
        real.post("/lost/family-code/freezing", {"code": code}, expect=429)

    assert status() is CredentialStatus.active


def test_the_code_serves_the_browser_that_asked_once_and_not_for_long(app: Flask) -> None:
    account, daughter = mother(app), create_account("13800000055")
    with family() as (related, _events):
        related[account.id] = [daughter.id]
        browser = Browser(app)
        ask(browser)
        code = read_out(daughter)

        elsewhere = Browser(app).get("/lost/family-code/freezing")
        clock.move(timedelta(minutes=settings.lost_code_minutes, seconds=1))
        late = browser.post("/lost/family-code/freezing", {"code": code}, expect=429)

    assert path(elsewhere) == "/lost/family-code"
    assert "不能再用" in late.text and status() is CredentialStatus.active


def test_how_often_one_may_ask_is_counted_in_rows(app: Flask) -> None:
    mother(app)
    for _ in range(settings.lost_code_per_person_hour):
        ask(Browser(app))

    page = ask(Browser(app), expect=429)
    ask(Browser(app), number=UNKNOWN, name="无此人")
    clock.move(timedelta(hours=1))
    ask(Browser(app))

    assert "医保热线" in page.text and page.response.headers["Retry-After"]
    assert len(db.session.scalars(select(LostReport.id)).all()) == settings.lost_code_per_person_hour + 2


def test_what_cannot_be_a_document_is_said_before_anything_is_written(app: Flask) -> None:
    page = ask(Browser(app), number="510600199003070018", expect=422)

    assert "对不上" in page.text and not db.session.scalars(select(LostReport)).all()


def test_a_relative_may_freeze_and_a_stranger_may_not(app: Flask) -> None:
    account, daughter, stranger = mother(app), create_account("13800000055"), create_account("13800000066")
    credential = find_credential_of(person_of().id)
    assert credential
    with family() as (related, _events):
        related[account.id] = [daughter.id]

        with pytest.raises(DomainError, match="not_a_relative"):
            report_lost_for_relative(credential, stranger)
        report_lost_for_relative(credential, daughter)

    assert status() is CredentialStatus.frozen
    assert "您的家人帮您挂失了" in list_messages(account.id)[0].body
    assert f"relative:{daughter.id}" in db.session.scalars(select(AuditRow.actor).where(AuditRow.tag == "lost:reported")).all()
