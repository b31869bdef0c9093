import re
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from app.core import clock
from app.core.db import db
from app.scanning.models import Challenge
from tests.scanning.desk import Desk, Telephone, change_settings, make_desk, make_telephone


@pytest.fixture
def wary(app: Flask) -> Desk:
    """A desk that can show digits, while two rules hit every first use on a new device."""
    change_settings(app, risk_first_use=True, risk_new_device_hours=24)
    return make_desk(app, supports_challenge=True)


def _other(digits: str) -> str:
    return f"{(int(digits) + 1) % 100:02d}"


def test_the_right_digits_open_the_way(wary: Desk, telephone: Telephone) -> None:
    code = telephone.draw(1)
    asked = wary.scan(code)

    assert (asked.status_code, asked.json["code"], asked.json["reason"]) == (200, 1014, "challenge_required")
    digits = asked.json["challenge"]
    assert re.fullmatch(r"\d\d", digits)
    assert wary.scan(code).json["code"] == 1006
    assert wary.scan(telephone.draw(0, digits)).json["code"] == 0


def test_other_digits_are_wrong_and_use_nothing_up(wary: Desk, telephone: Telephone) -> None:
    digits = wary.scan(telephone.draw(1)).json["challenge"]

    assert wary.scan(telephone.draw(0, _other(digits))).json["code"] == 1015
    assert wary.scan(telephone.draw(0, digits)).json["code"] == 0


def test_three_wrong_answers_end_a_challenge(wary: Desk, telephone: Telephone) -> None:
    digits = wary.scan(telephone.draw(1)).json["challenge"]
    for _ in range(3):
        assert wary.scan(telephone.draw(0, _other(digits))).json["code"] == 1015

    assert wary.scan(telephone.draw(0, digits)).json["code"] == 1015


def test_a_challenge_is_answered_once(wary: Desk, telephone: Telephone) -> None:
    digits = wary.scan(telephone.draw(1)).json["challenge"]
    assert wary.scan(telephone.draw(0, digits)).json["code"] == 0

    assert wary.scan(telephone.draw(-1, digits)).json["code"] == 1015


def test_a_challenge_is_bound_to_its_desk_and_telephone(app: Flask, wary: Desk, telephone: Telephone) -> None:
    other_desk = make_desk(app, "H51060000002", supports_challenge=True)
    other_telephone = make_telephone(stem="51060019850307002")
    digits = wary.scan(telephone.draw(1)).json["challenge"]

    assert other_desk.scan(telephone.draw(0, digits)).json["code"] == 1015
    assert wary.scan(other_telephone.draw(0, digits)).json["code"] == 1015


def test_a_challenge_lives_two_minutes(wary: Desk, telephone: Telephone) -> None:
    digits = wary.scan(telephone.draw(1)).json["challenge"]
    clock.move(timedelta(seconds=122))

    assert wary.scan(telephone.draw(0, digits)).json["code"] == 1015


def test_at_most_three_challenges_in_ten_minutes(wary: Desk, telephone: Telephone) -> None:
    asked = [wary.scan(telephone.draw(10 - i)).json["code"] for i in range(4)]

    assert asked == [1014, 1014, 1014, 1015]
    clock.move(timedelta(minutes=10, seconds=1))
    assert wary.scan(telephone.draw()).json["code"] == 1014
    assert len(db.session.scalars(select(Challenge)).all()) == 4


def test_a_typed_number_is_challenged_too(wary: Desk, telephone: Telephone) -> None:
    digits = wary.scan(telephone.typed()).json["challenge"]

    assert wary.scan(telephone.draw(-5, digits)).json["code"] == 0


def test_nobody_is_challenged_where_it_is_not_called_for(app: Flask, wary: Desk, telephone: Telephone) -> None:
    without = make_desk(app, "H51060000002")

    assert wary.scan(telephone.draw(9), businessType="01101").json["code"] == 0
    assert without.scan(make_telephone(stem="51060019850307002").draw()).json["code"] == 0
    assert wary.scan(telephone.draw(8)).json["code"] == 0, "one rule alone: the code was used before"
    change_settings(app, risk_first_use=False, risk_new_device_hours=0)
    assert wary.scan(make_telephone(stem="51060019850307003").draw()).json["code"] == 0


def test_an_answer_nobody_asked_for_is_wrong(desk: Desk, telephone: Telephone) -> None:
    assert desk.scan(telephone.draw(0, "47")).json["code"] == 1015


def test_another_city_and_many_pharmacies_raise_suspicion(app: Flask, telephone: Telephone) -> None:
    change_settings(app, risk_other_city_minutes=60, risk_pharmacies_a_day=1)
    scenes = ["02121"]
    first = make_desk(app, "P51060000001", scenes=scenes, region="510603", supports_challenge=True)
    far = make_desk(app, "P61010000001", scenes=scenes, region="610100", supports_challenge=True)
    assert first.scan(telephone.draw(5), businessType="02121").json["code"] == 0
    assert first.scan(telephone.draw(4), businessType="02121").json["code"] == 0

    assert far.scan(telephone.draw(3), businessType="02121").json["code"] == 1014
