"""What holds when several requests come at once, on both databases."""

from datetime import timedelta
from typing import Any

from flask import Flask
from sqlalchemy import func, select

from app.accounts import queries, service
from app.accounts.browser import Browser
from app.accounts.models import Account, Device, LoginSession, SmsCode, SmsPurpose
from app.accounts.service import CodeState
from app.core import clock
from app.core.db import db, transaction
from app.core.errors import DomainError, TooMany
from app.messages.queries import find_demo_sms
from tests.kit.at_once import at_once
from tests.kit.people import make_person

PHONE = "13800000001"


def browser_of(number: int) -> Browser:
    return Browser(bytes([number]) * 32, "安卓手机 Chrome")


def code_for(phone: str, browser: Browser, purpose: SmsPurpose = SmsPurpose.sign_in) -> str:
    service.request_sms_code(phone, purpose, browser=browser, address="192.0.2.1")
    sms = find_demo_sms(phone)
    assert sms is not None
    return sms.text.split("验证码 ")[1][:6]


def test_parallel_guesses_get_no_extra_tries(app: Flask) -> None:
    code = code_for(PHONE, browser_of(1))
    wrong = f"{(int(code) + 1) % 1_000_000:06}"

    def guess() -> CodeState:
        return service.spend_sms_code(PHONE, wrong, SmsPurpose.sign_in, browser=browser_of(1)).state

    states = at_once(app, [guess] * 12)

    assert sorted(s.value for s in states) == ["worn_out"] * 8 + ["wrong"] * 4
    assert db.session.scalars(select(SmsCode.guesses)).one() == 5
    assert service.spend_sms_code(PHONE, code, SmsPurpose.sign_in, browser=browser_of(1)).state is CodeState.worn_out


def test_of_parallel_sign_ins_with_one_code_one_gets_in(app: Flask) -> None:
    code = code_for(PHONE, browser_of(1))

    results = at_once(app, [lambda: service.sign_in(PHONE, code, browser=browser_of(1)).check.ok] * 8)

    assert results.count(True) == 1
    assert db.session.scalar(select(func.count()).select_from(LoginSession)) == 1


def test_parallel_first_sign_ins_from_two_browsers_make_one_account(app: Flask) -> None:
    codes = []
    for number in range(4):
        codes.append(code_for(PHONE, browser_of(number)))
        clock.move(timedelta(seconds=61))

    results = at_once(
        app,
        [lambda n=n: service.sign_in(PHONE, codes[n], browser=browser_of(n)).check.ok for n in range(4)],
    )

    assert results == [True] * 4
    assert db.session.scalar(select(func.count()).select_from(Account)) == 1
    assert db.session.scalar(select(func.count()).select_from(Device)) == 4


def test_parallel_sign_ins_in_one_browser_make_one_device(app: Flask) -> None:
    with transaction():
        account_id = service.create_account(PHONE).id

    at_once(app, [lambda: service.start_session(queries.get_account(account_id), browser_of(1))] * 6)

    assert db.session.scalar(select(func.count()).select_from(Device)) == 1
    assert db.session.scalar(select(func.count()).select_from(LoginSession)) == 6


def test_parallel_requests_send_one_sms_a_minute(app: Flask) -> None:
    def ask(number: int) -> Any:
        return service.request_sms_code(PHONE, SmsPurpose.sign_in, browser=browser_of(number), address=f"192.0.2.{number}")

    answers = at_once(app, [lambda n=n: ask(n) for n in range(8)])

    assert len([a for a in answers if isinstance(a, TooMany)]) == 7
    assert db.session.scalar(select(func.count()).select_from(SmsCode)) == 1


def test_parallel_requests_of_one_address_stay_within_its_limit(app: Flask) -> None:
    for number in range(17):
        code_for(f"139000000{number:02}", browser_of(1))

    def ask(number: int) -> Any:
        return service.request_sms_code(f"139000001{number:02}", SmsPurpose.sign_in, browser=browser_of(1), address="192.0.2.1")

    answers = at_once(app, [lambda n=n: ask(n) for n in range(8)])

    assert len([a for a in answers if isinstance(a, TooMany)]) == 5
    assert db.session.scalar(select(func.count()).select_from(SmsCode)) == 20


def test_of_two_accounts_changing_to_one_number_one_gets_it(app: Flask) -> None:
    new = "13700000009"
    sessions, codes = [], []
    for number in range(2):
        with transaction():
            account = service.create_account(f"1380000000{number}")
            sessions.append(service.start_session(account, browser_of(number)).session.id)
        codes.append(code_for(new, browser_of(number), SmsPurpose.new_phone))
        clock.move(timedelta(seconds=61))

    def change(number: int) -> Any:
        with transaction():
            session = db.session.get(LoginSession, sessions[number])
            assert session is not None
            return service.change_phone(session, new, codes[number], browser=browser_of(number)).check.ok

    answers = at_once(app, [lambda n=n: change(n) for n in range(2)])

    # The second either finds the number gone, or comes later and takes it from an account that is nobody's.
    assert all(a is True or (isinstance(a, DomainError) and a.code == "phone_gone") for a in answers), answers
    assert True in answers
    assert db.session.scalar(select(func.count()).select_from(Account).where(Account.phone_hash == queries.phone_hash(new))) == 1


def test_of_two_accounts_for_one_person_one_becomes_theirs(app: Flask) -> None:
    person_id = make_person().id
    with transaction():
        ids = [service.create_account(f"1380000000{number}").id for number in range(2)]

    def give(account_id: int) -> Any:
        with transaction():
            service.give_account_to_person(queries.get_account(account_id), make_person())
        return True

    answers = at_once(app, [lambda i=i: give(i) for i in ids])

    assert answers.count(True) == 1
    assert [a.code for a in answers if isinstance(a, DomainError)] == ["person_has_account"]
    assert db.session.scalar(select(func.count()).select_from(Account).where(Account.person_id == person_id)) == 1


def test_of_two_persons_for_one_account_one_gets_it(app: Flask) -> None:
    with transaction():
        account_id = service.create_account(PHONE).id
    numbers = [("510600199003070017", "李明"), ("510600199003070025", "王芳")]
    for number, name in numbers:
        make_person(number, name)

    def give(number: str, name: str) -> Any:
        person = make_person(number, name)
        with transaction():
            service.give_account_to_person(queries.get_account(account_id), person)
        return True

    answers = at_once(app, [lambda n=n, m=m: give(n, m) for n, m in numbers])

    assert answers.count(True) == 1
    assert [a.code for a in answers if isinstance(a, DomainError)] == ["account_taken"]
