"""Guessing the desk's two digits: who relays a code has its key, and does not hear what the desk says."""

from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import func, select

from app.core import clock
from app.core.db import db
from app.scanning.models import MOST_WRONG_ANSWERS, Challenge
from tests.kit.at_once import at_once
from tests.scanning.desk import Desk, Telephone, change_settings, make_desk, make_telephone

TEN_MINUTES = timedelta(minutes=10, seconds=1)


@pytest.fixture
def wary(app: Flask) -> Desk:
    change_settings(app, risk_first_use=True, risk_new_device_hours=24)
    return make_desk(app, supports_challenge=True)


def counted() -> list[int]:
    db.session.rollback()
    return list(db.session.scalars(select(Challenge.wrong_answers).order_by(Challenge.id)))


def wrong_ones(digits: str, how_many: int) -> list[str]:
    return [f"{(int(digits) + 1 + n) % 100:02d}" for n in range(how_many)]


def test_guesses_at_the_same_moment_are_looked_at_one_by_one(app: Flask, wary: Desk) -> None:
    thief = make_telephone()
    digits = wary.scan(thief.draw(1)).json["challenge"]
    codes = [thief.draw(0, guess) for guess in wrong_ones(digits, 24)]

    answers = at_once(app, [lambda code=code: Desk(app, wary.key).scan(code).json["code"] for code in codes])

    assert set(answers) == {1015}
    assert counted() == [MOST_WRONG_ANSWERS]
    assert wary.scan(thief.draw(0, digits)).json["code"] == 1015, "also the right one comes too late"


def test_in_ten_minutes_nine_of_a_hundred_are_tried_however_one_asks(wary: Desk) -> None:
    thief = make_telephone()
    for _ in range(2):
        tried = try_all(wary, thief)
        assert tried == MOST_WRONG_ANSWERS * 3
        clock.move(TEN_MINUTES)
    assert counted() == [MOST_WRONG_ANSWERS] * 6


def try_all(desk: Desk, thief: Telephone) -> int:
    """Asks and guesses for ten minutes, every few seconds a code; how many guesses were held against digits."""
    before = sum(counted())
    for _ in range(8):
        clock.move(timedelta(seconds=40))
        asked = desk.scan(thief.draw(1)).json
        for guess in wrong_ones(asked.get("challenge", "00"), 5):
            assert desk.scan(thief.draw(0, guess)).json["code"] == 1015
    return sum(counted()) - before


def test_nothing_is_learnt_by_asking_at_two_desks(app: Flask, wary: Desk) -> None:
    second = make_desk(app, "H51060000002", supports_challenge=True)
    thief = make_telephone()
    asked = [(wary if n % 2 else second).scan(thief.draw(10 - n)).json["code"] for n in range(5)]

    assert asked == [1014, 1014, 1014, 1015, 1015]
    assert db.session.scalar(select(func.count()).select_from(Challenge)) == 3
