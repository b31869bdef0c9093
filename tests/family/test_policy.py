"""The ages (C1) on the day before, on and after the birthday, and which relations can be true. No database."""

from dataclasses import replace
from datetime import date, timedelta
from types import SimpleNamespace
from typing import Any

import pytest

from app.family.models import Relation, Way
from app.family.policy import OWN_WAYS, RELATION_LABELS, AgePolicy, birthday_at, find_implausible

POLICY = AgePolicy()
BORN = date(2010, 5, 20)
LEAP = date(2008, 2, 29)
DAY = timedelta(days=1)


def at(age: int, born: date = BORN) -> date:
    return birthday_at(born, age)


def test_the_ways_change_on_the_sixteenth_and_seventeenth_birthday(subtests: pytest.Subtests) -> None:
    for on, ways in (
        (at(16) - DAY, (Way.documents,)),
        (at(16), (*OWN_WAYS, Way.documents)),
        (at(16) + DAY, (*OWN_WAYS, Way.documents)),
        (at(17) - DAY, (*OWN_WAYS, Way.documents)),
        (at(17), OWN_WAYS),
        (at(17) + DAY, OWN_WAYS),
    ):
        with subtests.test(on=on, ways=ways):
            assert POLICY.ways(BORN, on) == ways


def test_who_was_born_on_a_leap_day_is_sixteen_in_a_leap_year_on_that_day(subtests: pytest.Subtests) -> None:
    for on, is_child in ((date(2024, 2, 28), True), (date(2024, 2, 29), False), (date(2024, 3, 1), False)):
        with subtests.test(on=on, is_child=is_child):
            assert POLICY.is_child(LEAP, on) is is_child


def test_and_seventeen_on_the_first_of_march(subtests: pytest.Subtests) -> None:
    for on, may_choose_papers in ((date(2025, 2, 28), True), (date(2025, 3, 1), False)):
        with subtests.test(on=on, may_choose_papers=may_choose_papers):
            assert (Way.documents in POLICY.ways(LEAP, on)) is may_choose_papers
            assert birthday_at(LEAP, 17) == date(2025, 3, 1)


def test_below_fourteen_a_guardian_decides() -> None:
    assert POLICY.needs_guardian(BORN, at(14) - DAY)
    assert not POLICY.needs_guardian(BORN, at(14))


def test_the_policy_follows_its_settings() -> None:
    strict = replace(POLICY, documents_below=18, own_from=18, adult_review=True)

    assert strict.ways(BORN, at(17)) == (Way.documents,)
    assert strict.ways(BORN, at(18)) == OWN_WAYS
    assert strict.needs_review(Way.face)
    assert not POLICY.needs_review(Way.face)
    assert POLICY.needs_review(Way.vouching)


def test_only_a_child_comes_of_age() -> None:
    assert POLICY.of_age_on(BORN, at(15)) == date(2026, 5, 20)
    assert POLICY.of_age_on(BORN, at(16)) is None


def person(born: date, gender: str) -> Any:
    return SimpleNamespace(birthday=born, gender=gender)


MOTHER = person(date(1990, 1, 1), "2")


def test_a_relation_must_be_possible(subtests: pytest.Subtests) -> None:
    for relation, member, is_possible in (
        (Relation.son, person(date(2018, 1, 1), "1"), True),
        (Relation.son, person(date(2018, 1, 1), "2"), False),
        (Relation.son, person(date(1985, 1, 1), "1"), False),
        (Relation.daughter, person(date(2018, 1, 1), "9"), True),
        (Relation.father, person(date(1962, 1, 1), "1"), True),
        (Relation.father, person(date(1985, 1, 1), "1"), False),
        (Relation.mothers_mother, person(date(1940, 1, 1), "2"), True),
        (Relation.mothers_mother, person(date(1970, 1, 1), "2"), False),
        (Relation.grandson, person(date(2020, 1, 1), "1"), True),
        (Relation.grandson, person(date(2005, 1, 1), "1"), False),
        (Relation.spouse, person(date(1950, 1, 1), "1"), True),
        (Relation.spouse, person(date(2012, 1, 1), "1"), False),
        (Relation.brother, person(date(2010, 1, 1), "1"), True),
        (Relation.ward, person(date(1950, 1, 1), "1"), True),
    ):
        with subtests.test(relation=relation, member=member, is_possible=is_possible):
            assert (find_implausible(relation, MOTHER, member, date(2026, 11, 22)) is None) is is_possible


def test_each_relation_has_its_word() -> None:
    assert set(RELATION_LABELS) == set(Relation)
