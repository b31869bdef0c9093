"""Days off: the yearly file, by hand, and the year that is still missing."""

from datetime import UTC, date, datetime, timedelta

import pytest
from flask import Flask

from app.core import clock
from app.core.errors import DomainError
from app.reviews import queries, service
from app.reviews.holiday_file import UnreadableFile, parse_day, read_days

BY = "staff:1"
FILE = "日期,节日,上班\n2027-01-01,元旦,0\n2027/2/6,春节,放假\n2027年2月14日,春节调休,1\n"


def test_there_is_no_such_day(subtests: pytest.Subtests) -> None:
    for written in ("2026-02-31", "31.02.", "31.02.2026", "2026-13-01", "", "明天", "2026-02-30 "):
        with subtests.test(written=written):
            assert parse_day(written) is None


def test_a_day_is_read_as_people_write_it(subtests: pytest.Subtests) -> None:
    for written in ("2026-10-01", "2026/10/1", "2026年10月1日", "２０２６-１０-０１", " 2026 年 10 月 1 日 "):
        with subtests.test(written=written):
            assert parse_day(written) == date(2026, 10, 1)


def test_the_years_notice_is_read_in_any_encoding(subtests: pytest.Subtests) -> None:
    for data in (FILE.encode(), FILE.encode("utf-8-sig"), FILE.encode("gbk"), FILE.replace("\n", "\r\n").encode()):
        with subtests.test(data=data):
            days = read_days(data, 2027)

            assert [(one.day.isoformat(), one.is_worked) for one in days] == [
                ("2027-01-01", False),
                ("2027-02-06", False),
                ("2027-02-14", True),
            ]


def test_what_is_wrong_with_a_file_is_said_with_its_line(subtests: pytest.Subtests) -> None:
    for text, code, line in (
        ("", "empty", 0),
        ("\0", "no_text", 0),
        ("x" * 70_000, "too_big", 0),
        ("2027-01-01,元旦,0\n2027-02-31,x,0", "no_day", 2),
        ("2026-01-01,元旦,0", "other_year", 1),
        ("2027-01-01,元旦,0\n2027-01-01,元旦,0", "twice", 2),
        ("2027-01-01,,0", "no_name", 1),
        ("2027-01-01," + "长" * 41, "no_name", 1),
        ("2027-01-01,元旦,也许", "no_worked", 1),
        ("2027-01-04,元旦,1", "worked_anyway", 1),
    ):
        with subtests.test(text=text, code=code, line=line):
            with pytest.raises(UnreadableFile) as wrong:
                read_days(text.encode(), 2027)

            assert (wrong.value.code, wrong.value.line) == (code, line)


def test_a_file_replaces_its_year_and_no_other(app: Flask) -> None:
    service.load_holidays()
    before = len(queries.list_holidays_of(2026))

    assert service.replace_year(2027, FILE.encode(), by=BY) == 3

    assert [one.name for one in queries.list_holidays_of(2027)] == ["元旦", "春节", "春节调休"]
    assert len(queries.list_holidays_of(2026)) == before
    with pytest.raises(DomainError, match="file"):
        service.replace_year(2027, b"2027-02-31,x,0", by=BY)
    assert len(queries.list_holidays_of(2027)) == 3


def test_from_november_on_the_next_year_is_missing_until_its_notice_was_entered(app: Flask) -> None:
    service.load_holidays()
    clock.move(datetime(2027, 10, 31, 4, tzinfo=UTC) - clock.now())
    assert queries.find_missing_year() == 2027
    service.confirm_year(2027, by=BY)
    assert queries.find_missing_year() is None

    clock.move(timedelta(days=1))

    assert queries.find_missing_year() == 2028
    with pytest.raises(DomainError, match="year_empty"):
        service.confirm_year(2028, by=BY)
    service.replace_year(2028, b"2028-01-01,x,0", by=BY)
    assert queries.find_missing_year() is None


def test_promises_given_stay_when_days_off_change(app: Flask) -> None:
    service.load_holidays()
    clock.move(datetime(2026, 12, 28, 1, tzinfo=UTC) - clock.now())
    case = service.open_case("test_request:1", "test", "510603")
    promised = case.due_at

    service.set_holiday(date(2026, 12, 29), "本局停电", is_worked=False, by=BY)

    assert queries.get_case_of("test_request:1").due_at == promised
    assert service.open_case("test_request:2", "test", "510603").due_at > promised
