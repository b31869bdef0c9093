"""The code from the counter: eight digits, once, for one person."""

from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from app.accounts.models import LoginSession
from app.core import clock
from app.core.audit import AuditRow
from app.core.db import db
from app.core.settings import settings
from app.proofs.models import CounterCode, ProofMethod, ProofPurpose
from app.proofs.service import find_passed_proof, issue_counter_code, spend_counter_code
from app.roster.models import InsuredPerson
from tests.kit.at_once import at_once
from tests.proofs.people import make_person, make_session

ACTIVATION = ProofPurpose.activation


def another(code: str) -> str:
    return f"{(int(code) + 1) % 10**8:08d}"


def test_the_right_code_is_a_proof_in_this_session(app: Flask) -> None:
    session, person = make_session(), make_person()
    code = issue_counter_code(person, "cli:test")

    result = spend_counter_code(session, person, ACTIVATION, code)

    assert len(code) == 8 and code.isascii() and code.isdigit()
    assert result.is_right
    proof = find_passed_proof(session, person, ACTIVATION)
    assert proof and proof.method is ProofMethod.counter_code


def test_the_code_is_stored_as_a_hash_only(app: Flask) -> None:
    code = issue_counter_code(make_person(), "cli:test")

    stored = db.session.scalars(select(CounterCode)).one()

    assert code.encode() not in stored.code_hash
    assert not db.session.scalars(select(AuditRow.id).where(AuditRow.detail.contains(code))).all()


def test_the_code_may_be_typed_as_people_type(subtests: pytest.Subtests, app: Flask) -> None:
    person = make_person()

    for write in (lambda c: f" {c[:4]} {c[4:]} ", lambda c: f"{c[:4]}-{c[4:]}", lambda c: c.translate(FULL_WIDTH)):
        with subtests.test(write=write):
            code = issue_counter_code(person, "cli:test")

            assert spend_counter_code(make_session(), person, ACTIVATION, write(code)).is_right


FULL_WIDTH = str.maketrans("0123456789", "０１２３４５６７８９")


def test_a_code_opens_once(app: Flask) -> None:
    person = make_person()
    code = issue_counter_code(person, "cli:test")
    spend_counter_code(make_session(), person, ACTIVATION, code)

    again = spend_counter_code(make_session(), person, ACTIVATION, code)

    assert not again.is_right


def test_five_wrong_tries_end_a_code(app: Flask) -> None:
    session, person = make_session(), make_person()
    code = issue_counter_code(person, "cli:test")

    left = [spend_counter_code(session, person, ACTIVATION, another(code)).guesses_left for _ in range(5)]

    assert left == [4, 3, 2, 1, 0]
    assert not spend_counter_code(session, person, ACTIVATION, code).is_right


def test_the_fifth_try_may_still_be_right(app: Flask) -> None:
    session, person = make_session(), make_person()
    code = issue_counter_code(person, "cli:test")
    for _ in range(4):
        spend_counter_code(session, person, ACTIVATION, another(code))

    assert spend_counter_code(session, person, ACTIVATION, code).is_right


def test_a_newer_code_replaces_the_older(app: Flask) -> None:
    person = make_person()
    older = issue_counter_code(person, "cli:test")
    newer = issue_counter_code(person, "cli:test")

    assert not spend_counter_code(make_session(), person, ACTIVATION, older).is_right
    assert spend_counter_code(make_session(), person, ACTIVATION, newer).is_right


def test_a_code_expires(app: Flask) -> None:
    person = make_person()
    code = issue_counter_code(person, "cli:test")

    clock.move(timedelta(days=settings.counter_code_days, seconds=1))

    assert not spend_counter_code(make_session(), person, ACTIVATION, code).is_right


def test_somebody_elses_code_is_wrong(app: Flask) -> None:
    person, other = make_person(), make_person("510600199003070025", "王芳")
    code = issue_counter_code(other, "cli:test")
    issue_counter_code(person, "cli:test")

    result = spend_counter_code(make_session(), person, ACTIVATION, code)

    assert not result.is_right and result.guesses_left == 4
    assert spend_counter_code(make_session(), other, ACTIVATION, code).is_right


def test_without_a_code_every_number_is_wrong(app: Flask) -> None:
    result = spend_counter_code(make_session(), make_person(), ACTIVATION, "12345678")

    assert not result.is_right


def test_a_typed_code_waits_for_a_day_not_ten_minutes(app: Flask) -> None:
    session, person = make_session(), make_person()
    spend_counter_code(session, person, ACTIVATION, issue_counter_code(person, "cli:test"))

    clock.move(timedelta(hours=settings.counter_proof_hours, seconds=-60))
    waiting = find_passed_proof(session, person, ACTIVATION)
    clock.move(timedelta(seconds=61))
    stale = find_passed_proof(session, person, ACTIVATION)

    assert waiting is not None
    assert stale is None


def test_eight_at_once_use_a_code_once(app: Flask) -> None:
    person_id = make_person().id
    code = issue_counter_code(db.session.get_one(InsuredPerson, person_id), "cli:test")
    sessions = [make_session().id for _ in range(8)]

    def spend(session_id: int) -> bool:
        session, person = db.session.get_one(LoginSession, session_id), db.session.get_one(InsuredPerson, person_id)
        return spend_counter_code(session, person, ACTIVATION, code).is_right

    results = at_once(app, [lambda i=i: spend(i) for i in sessions])

    assert sum(results) == 1


def test_guesses_at_once_are_not_more_than_guesses_in_turn(app: Flask) -> None:
    person_id, session_id = make_person().id, make_session().id
    code = issue_counter_code(db.session.get_one(InsuredPerson, person_id), "cli:test")

    def guess() -> None:
        session, person = db.session.get_one(LoginSession, session_id), db.session.get_one(InsuredPerson, person_id)
        spend_counter_code(session, person, ACTIVATION, another(code))

    at_once(app, [guess] * 8)

    assert db.session.scalars(select(CounterCode.guesses)).one() == settings.counter_code_guesses


def test_two_codes_issued_at_once_leave_one_alive(app: Flask) -> None:
    person_id = make_person().id

    codes = at_once(app, [lambda: issue_counter_code(db.session.get_one(InsuredPerson, person_id), "cli:test")] * 4)

    person = db.session.get_one(InsuredPerson, person_id)
    alive = db.session.scalars(select(CounterCode).where(CounterCode.expires_at > clock.now())).all()
    assert len(alive) == 1
    assert sum(spend_counter_code(make_session(), person, ACTIVATION, code).is_right for code in codes) == 1


def test_the_counter_issues_a_code_on_the_command_line(app: Flask) -> None:
    person = make_person()

    printed = app.test_cli_runner().invoke(args=["proofs", "issue-counter-code", "--cert-no", "510600199003070017"])

    assert printed.exit_code == 0, printed.output
    assert spend_counter_code(make_session(), person, ACTIVATION, printed.output.strip()).is_right


def test_the_counter_is_told_when_it_cannot(subtests: pytest.Subtests, app: Flask) -> None:
    for number in ("510600199003070018", "510600199003070025"):
        with subtests.test(number=number):
            printed = app.test_cli_runner().invoke(args=["proofs", "issue-counter-code", "--cert-no", number])

            assert printed.exit_code != 0
            assert number not in printed.output
