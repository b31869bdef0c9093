from flask import Flask
from sqlalchemy import select

from app.core.db import db
from app.family.models import CustodyFlag, FamilyLink, Way
from app.family.queries import find_call_back
from tests.family.test_life_cycle import booked
from tests.kit.people import make_person


def test_the_operator_sees_booked_calls_and_notes_them(app: Flask) -> None:
    _, request_id = booked(app)
    call = find_call_back(request_id)
    assert call is not None
    run = app.test_cli_runner().invoke

    listed = run(args=["family", "list-calls", "--region", "5106"])
    done = run(args=["family", "call", str(call.id)], input="y\n" * 7)
    again = run(args=["family", "call", str(call.id)], input="y\n" * 7)

    assert "13900000001" in listed.output
    assert "approved" in done.output, done.output
    assert again.exit_code != 0
    assert "已经有人打过" in again.output
    db.session.rollback()
    assert [link.way for link in db.session.scalars(select(FamilyLink))] == [Way.call_back]


def test_a_call_nobody_answers_leaves_the_request_waiting(app: Flask) -> None:
    _, request_id = booked(app)
    call = find_call_back(request_id)
    assert call is not None

    noted = app.test_cli_runner().invoke(args=["family", "call", str(call.id), "--no-answer"])

    assert "nobody answered" in noted.output
    db.session.rollback()
    assert find_call_back(request_id) is None
    assert list(db.session.scalars(select(FamilyLink))) == []


def test_the_operator_marks_and_lifts_a_dispute(app: Flask) -> None:
    person = make_person()
    number = "510600199003070017"
    run = app.test_cli_runner().invoke

    first = run(args=["family", "custody", "01", number])
    second = run(args=["family", "custody", "01", number])
    lifted = run(args=["family", "custody", "01", number, "--lift"])
    wrong = run(args=["family", "custody", "01", "510600199003070018"])

    assert "two reviewers" in first.output, first.output
    assert second.exit_code != 0
    assert "lifted" in lifted.output
    assert wrong.exit_code != 0
    db.session.rollback()
    flag = db.session.scalars(select(CustodyFlag)).one()
    assert flag.person_id == person.id
    assert flag.lifted_at is not None
