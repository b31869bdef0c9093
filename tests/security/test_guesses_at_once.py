"""Guesses of one moment are counted one by one: who looks before counting lets as many through as there are threads."""

from collections.abc import Callable

import pytest
from flask import Flask
from sqlalchemy import func, select

from app.core.db import db
from app.core.settings import settings
from app.credentials.code_format import TypedNumber, luhn_digit
from app.hotline.models import HotlineSearch
from app.hotline.service.calls import search_phone
from app.roster.models import RosterSearch
from app.roster.service import search_document
from app.scanning.service import facts
from app.staff.models import StaffMember
from app.staff.rights import Role
from tests.kit.at_once import at_once, named
from tests.kit.staff import make_staff
from tests.scanning.desk import Desk, make_desk

AT_ONCE = 24


def test_no_more_typed_numbers_are_looked_at_than_a_minute_allows(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    desk = make_desk(app)
    looked_at: list[str] = []
    as_before = facts.read_code

    def watched(connection: object, code: object, *others: object, **more: object) -> object:
        if isinstance(code, TypedNumber):
            looked_at.append(code.number)
        return as_before(connection, code, *others, **more)

    monkeypatch.setattr(facts, "read_code", watched)
    guesses = [stem + luhn_digit(stem) for stem in (f"9{n:010d}" for n in range(AT_ONCE))]

    answers = at_once(app, [lambda guess=guess: Desk(app, desk.key).scan(guess).json["code"] for guess in guesses])

    assert len(looked_at) == settings.wrong_typed_per_minute
    assert sorted(set(answers)) == [1002, 2005]


def colleague() -> StaffMember:
    return make_staff("agent", [Role.agent])


def test_no_more_callers_are_looked_for_than_an_hour_allows(app: Flask) -> None:
    member = colleague().id

    def search(n: int) -> Callable[[], object]:
        return lambda: bool(search_phone(db.session.get_one(StaffMember, member), f"1390000{n:04d}"))

    answers = named(at_once(app, [search(n) for n in range(AT_ONCE)]))

    assert answers.count(True) == settings.hotline_misses_per_hour
    assert db.session.scalar(select(func.count()).select_from(HotlineSearch)) == settings.hotline_misses_per_hour


def test_no_more_people_of_the_roster_are_looked_for_than_an_hour_allows(app: Flask) -> None:
    def search(n: int) -> Callable[[], object]:
        return lambda: search_document("99", f"GUESS{n:04d}", by="staff:1", regions=["510600"])

    answers = named(at_once(app, [search(n) for n in range(AT_ONCE)]))

    assert answers.count([]) == settings.hotline_misses_per_hour
    assert db.session.scalar(select(func.count()).select_from(RosterSearch)) == settings.hotline_misses_per_hour
