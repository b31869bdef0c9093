"""Promises are counted in the hours the office is open."""

from datetime import UTC, date, datetime, timedelta

import pytest
from click.testing import Result
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st

from app.config.grammar import parse_spans
from app.core.clock import CHINA
from app.reviews.queries import list_holidays, working_hours
from app.reviews.service import load_holidays, set_holiday
from app.reviews.working_hours import WorkingHours

OFFICE = WorkingHours(
    parse_spans("09:00-12:00,13:00-17:00"),
    closed={date(2026, 10, day) for day in range(1, 8)},
    worked={date(2026, 9, 20), date(2026, 10, 10)},
)


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=CHINA)


def test_hours_pass_while_the_office_is_open(subtests: pytest.Subtests) -> None:
    for start, hours, due in (
        ("2026-11-23 09:00", 7, "2026-11-23 17:00"),  # a Monday, exactly its end
        ("2026-11-23 09:00", 7.5, "2026-11-24 09:30"),
        ("2026-11-23 11:30", 1, "2026-11-23 13:30"),  # over noon
        ("2026-11-23 12:30", 1, "2026-11-23 14:00"),  # at noon
        ("2026-11-23 03:00", 2, "2026-11-23 11:00"),  # before opening
        ("2026-11-23 18:00", 2, "2026-11-24 11:00"),  # after closing
        ("2026-11-20 16:00", 2, "2026-11-23 10:00"),  # over a weekend
        ("2026-11-21 10:00", 1, "2026-11-23 10:00"),  # on a Saturday
        ("2026-09-30 16:00", 2, "2026-10-08 10:00"),  # over the holidays
        ("2026-10-09 16:00", 2, "2026-10-10 10:00"),  # into a Saturday that is worked
        ("2026-12-31 16:30", 1, "2027-01-01 09:30"),
    ):
        with subtests.test(start=start, hours=hours, due=due):
            assert OFFICE.after(at(start), hours) == at(due)


def test_a_moment_in_another_zone_is_the_same_moment() -> None:
    assert OFFICE.after(datetime(2026, 11, 23, 1, 0, tzinfo=UTC), 1) == at("2026-11-23 10:00")


# Without a rest in binary: a microsecond more or less at closing time is the next day.
HOURS = st.integers(1, 60 * 64).map(lambda count: count / 64)


@given(
    st.datetimes(datetime(2026, 1, 1), datetime(2026, 12, 1)),
    HOURS,
    HOURS,
)
def test_the_due_moment_is_in_opening_hours_and_hours_add_up(start: datetime, one: float, other: float) -> None:
    begin = start.replace(tzinfo=CHINA)

    due = OFFICE.after(begin, one)

    assert due > begin and OFFICE.is_working_day(due.date())
    assert any(opens < due.timetz().replace(tzinfo=None) <= closes for opens, closes in OFFICE.spans)
    assert OFFICE.after(due, other) == OFFICE.after(begin, one + other)


def test_opening_hours_that_make_no_sense_are_refused(subtests: pytest.Subtests) -> None:
    for text in ("", "09:00", "12:00-09:00", "09:00-12:00,11:00-17:00", "9-12"):
        with subtests.test(text=text), pytest.raises(ValueError):
            parse_spans(text)


def test_an_office_that_never_opens_is_a_mistake_in_the_table() -> None:
    never = WorkingHours(OFFICE.spans, closed={date(2026, 1, 1) + timedelta(days=n) for n in range(800)})

    with pytest.raises(ValueError, match="no working day"):
        never.after(at("2026-01-01 09:00"), 1)


def test_the_table_is_filled_once_and_what_staff_changed_stays(app: Flask) -> None:
    added = load_holidays()
    set_holiday(date(2026, 10, 1), "本局照常", is_worked=True, by="staff:1")

    assert added > 40 and load_holidays() == 0
    assert working_hours().is_working_day(date(2026, 10, 1))
    assert not working_hours().is_working_day(date(2026, 10, 2))
    assert working_hours().is_working_day(date(2026, 10, 10))


def test_an_operator_changes_the_table(app: Flask) -> None:
    def run(*arguments: str) -> Result:
        return app.test_cli_runner().invoke(args=["reviews", *arguments])

    assert run("set-holiday", "2026-11-23", "防汛停工").exit_code == 0
    assert "2026-11-23  closed  防汛停工" in run("list-holidays").output
    assert run("remove-holiday", "2026-11-23").exit_code == 0
    assert run("remove-holiday", "2026-11-23").exit_code == 1
    assert list_holidays() == []
