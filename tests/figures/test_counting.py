"""The counters against the same events added up by hand."""

from collections import Counter
from datetime import date, datetime, time, timedelta

from flask import Flask
from sqlalchemy import select

from app.core import audit, background, clock
from app.core.clock import CHINA
from app.core.db import db, transaction
from app.credentials.audit_tags import CredentialTag
from app.figures import service
from app.figures.models import OF_A_DAY, CountedDay, DailyFigure, Figure
from tests.figures.city import City
from tests.kit.at_once import at_once


def written() -> Counter[tuple[object, ...]]:
    db.session.rollback()
    rows = db.session.execute(select(DailyFigure.day, DailyFigure.figure, DailyFigure.region, DailyFigure.key, DailyFigure.value))
    of_a_day = {figure.value for figure in OF_A_DAY}
    return Counter({(day, Figure(name), region, key): value for day, name, region, key, value in rows if name in of_a_day})


def at(day: date, hour: int, minute: int = 0) -> datetime:
    return datetime.combine(day, time(hour, minute), CHINA)


def first_of(city_days: int) -> date:
    return clock.today() - timedelta(days=city_days)


def test_counters_equal_a_plain_recount_across_midnights_and_regions(app: Flask) -> None:
    city = City(seed=1)
    for _ in range(2):
        city.live(at(first_of(4), 0), clock.now(), 100)

        service.count_days(first_of(4), clock.today())

        assert written() == city.expected


def test_counting_twice_changes_nothing(app: Flask) -> None:
    city = City(seed=2)
    city.live(at(first_of(2), 0), clock.now(), 60)

    for _ in range(2):
        service.count_days(first_of(2), clock.today())

    assert written() == city.expected


def test_rows_that_commit_late_are_found_by_the_next_run(app: Flask) -> None:
    """Ids are drawn before rows commit: what counts is when a row says it was, not which came last."""
    city = City(seed=3)
    city.scan(at(first_of(1), 23, 59), 0)
    service.count_due()
    city.scan(at(first_of(1), 12), 0)
    city.scan(at(first_of(1), 8), 1, "code_used")

    service.count_due()

    assert written() == city.expected


def test_days_nobody_counted_are_caught_up_with_a_month_a_run(app: Flask) -> None:
    city = City(seed=4)
    city.act("credential:frozen", at(first_of(50), 10))
    city.act("credential:frozen", at(first_of(10), 10))

    runs = [service.count_due() for _ in range(3)]

    assert runs[0] == 1 + service.CATCH_UP_DAYS and written() == city.expected
    assert len(db.session.scalars(select(CountedDay.day)).all()) == 51


def test_a_clock_moved_ahead_loses_no_row(app: Flask) -> None:
    """Ids follow the machine's clock, days the rules' clock, which a demo moves."""
    city = City(seed=5)
    city.live(at(first_of(1), 0), clock.now(), 30)
    service.count_due()
    clock.move(timedelta(days=3))
    frozen = Figure.frozen.value
    with transaction():
        audit.record(CredentialTag.frozen, actor="system", person_id=city.persons[0][0])

    service.count_due()

    today = select(DailyFigure.value).where(DailyFigure.day == clock.today(), DailyFigure.figure == frozen)
    assert db.session.scalar(today) == 1
    city.expected[clock.today(), Figure.frozen, "510603", ""] += 1
    assert written() == city.expected


def test_of_two_runners_at_once_both_end_and_the_numbers_are_right(app: Flask) -> None:
    city = City(seed=6)
    city.live(at(first_of(2), 0), clock.now(), 60)

    at_once(app, [lambda: service.count_days(first_of(2), clock.today())] * 3)

    assert written() == city.expected


def test_who_read_earlier_does_not_overwrite_who_read_later(app: Flask) -> None:
    city = City(seed=7)
    city.act("credential:frozen", at(clock.today(), 0))
    service.count_due()
    with transaction():
        db.session.get_one(CountedDay, clock.today()).counted_at = clock.now() + timedelta(seconds=1)
    city.act("credential:frozen", at(clock.today(), 0))

    service.count_due()

    assert written()[clock.today(), Figure.frozen, "510603", ""] == 1


def test_a_person_of_one_step_counts_once_a_day(app: Flask) -> None:
    city = City(seed=8)
    for hour in (9, 10):
        city.act("activation:person_found", at(first_of(1), hour))
    city.act("activation:person_found", at(first_of(1), 11), person=3)

    service.count_due()
    service.count_days(first_of(1), clock.today())

    assert written()[first_of(1), Figure.step, "510603", "found"] == 2


def test_the_job_counts_every_ten_minutes(app: Flask) -> None:
    task = next(task for task in background.tasks(app) if task.name == "count figures")

    assert task.every_seconds == 600
    task.run()
    assert db.session.get(CountedDay, clock.today()) is not None


def test_the_command_counts_since_a_day_and_says_how_many(app: Flask) -> None:
    city = City(seed=9)
    city.live(at(first_of(3), 0), clock.now(), 30)

    ended = app.test_cli_runner().invoke(args=["figures", "count", "--since", first_of(3).isoformat()])

    assert ended.exit_code == 0 and f"4 days counted, {first_of(3)} to {clock.today()}." in ended.output
    assert written() == city.expected


def test_the_command_refuses_a_day_to_come(app: Flask) -> None:
    ended = app.test_cli_runner().invoke(args=["figures", "count", "--since", (clock.today() + timedelta(days=1)).isoformat()])

    assert ended.exit_code == 2 and "has not come yet" in ended.output
