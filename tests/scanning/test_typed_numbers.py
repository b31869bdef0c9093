from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from app.core import clock
from app.core.audit.models import AuditRow
from app.core.db import db
from app.credentials.code_format import luhn_digit
from app.scanning.models import StoredAnswer
from tests.scanning.desk import Desk, Telephone, make_desk


@pytest.fixture
def start_of_a_minute(app: Flask) -> None:
    """Guesses are counted by the minute: a test must not straddle two."""
    clock.move(timedelta(seconds=61 - clock.timestamp() % 60))


def _unknown(i: int) -> str:
    stem = f"9{i:010d}"
    return stem + luhn_digit(stem)


def test_a_typed_number_counts_once(desk: Desk, telephone: Telephone) -> None:
    number = telephone.typed()

    assert desk.scan(number).json["data"]["userName"] == "李明"
    assert desk.scan(f"{number[:4]} {number[4:8]} {number[8:]}").json["code"] == 1006


def test_a_typed_number_lives_two_minutes(desk: Desk, telephone: Telephone) -> None:
    first = telephone.typed()
    clock.move(timedelta(seconds=115))
    assert desk.scan(first).json["code"] == 0

    second = telephone.typed()
    clock.move(timedelta(seconds=121))

    assert desk.scan(second).json["code"] == 1004


def test_a_newer_number_ends_the_older(desk: Desk, telephone: Telephone) -> None:
    older, newer = telephone.typed(), telephone.typed()

    assert desk.scan(older).json["code"] == 1004
    assert desk.scan(newer).json["code"] == 0


def test_a_used_number_is_used_after_the_page_shows_the_next_one(desk: Desk, telephone: Telephone) -> None:
    used = telephone.typed()
    desk.scan(used)

    newer = telephone.typed()

    assert desk.scan(used).json["code"] == 1006
    assert desk.scan(newer).json["code"] == 0
    clock.move(timedelta(seconds=120))
    assert desk.scan(used).json["code"] == 1004


def test_a_number_and_a_code_kill_each_other_by_their_seconds(desk: Desk, telephone: Telephone) -> None:
    number = telephone.typed()
    older_code, newer_code = telephone.draw(5), telephone.draw(-10)

    assert desk.scan(number).json["code"] == 0
    assert desk.scan(older_code).json["code"] == 1006
    assert desk.scan(newer_code).json["code"] == 0
    clock.move(timedelta(seconds=1))
    another = telephone.typed()
    assert desk.scan(telephone.draw(-15)).json["code"] == 0
    assert desk.scan(another).json["code"] == 1006


def test_guessing_numbers_ends_in_a_pause_and_an_alert(
    app: Flask, desk: Desk, telephone: Telephone, start_of_a_minute: None
) -> None:
    guesses = [desk.scan(_unknown(i)).json["code"] for i in range(10)]
    assert guesses == [1002] * 10

    refused = [desk.scan(_unknown(11)), desk.scan(telephone.typed())]

    assert [answer.status_code for answer in refused] == [429, 429]
    assert 1 <= int(refused[0].headers["Retry-After"]) <= 60
    alerts = db.session.scalars(select(AuditRow).where(AuditRow.tag == "institution:guesses_numbers")).all()
    assert [alert.outcome for alert in alerts] == ["alert"]
    assert desk.scan(telephone.draw()).json["code"] == 0
    assert make_desk(app, "H51060000002").scan(_unknown(12)).json["code"] == 1002
    clock.move(timedelta(seconds=60))
    assert desk.scan(telephone.typed()).json["code"] == 0


def test_parallel_guesses_are_counted_too(app: Flask, desk: Desk, start_of_a_minute: None) -> None:
    def guess(i: int) -> int:
        with app.app_context():
            return Desk(app, desk.key).scan(_unknown(i)).status_code

    with ThreadPoolExecutor(8) as pool:
        statuses = list(pool.map(guess, range(24)))

    assert statuses.count(200) == 10
    assert statuses.count(429) == 14
    db.session.rollback()
    assert all(row.answer for row in db.session.scalars(select(StoredAnswer)))


def test_a_mistyped_number_is_no_guess(desk: Desk, telephone: Telephone) -> None:
    number = telephone.typed()
    mistyped = number[:-1] + str((int(number[-1]) + 1) % 10)

    assert [desk.scan(mistyped).json["code"] for _ in range(12)] == [1001] * 12
    assert desk.scan(number).json["code"] == 0
