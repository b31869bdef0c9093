"""Days in China, and how a chart groups them. Pure."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import groupby

from app.core import clock

RANGES = (7, 30, 90, 365)
_DAY = timedelta(days=1)  # fixed: figures are counted by the day


@dataclass(frozen=True)
class Span:
    """From the first to the last day, both included."""

    first: date
    last: date

    @property
    def days(self) -> int:
        return (self.last - self.first).days + 1

    @property
    def former(self) -> "Span":
        """The span of as many days directly before."""
        return Span(self.first - timedelta(days=self.days), self.first - _DAY)

    def __iter__(self) -> Iterator[date]:
        return (self.first + timedelta(days=number) for number in range(self.days))


@dataclass(frozen=True)
class Bin:
    """The days of one column. is_partial: it is not over yet, or the span has only a part of the week or month."""

    days: tuple[date, ...]
    is_partial: bool

    @property
    def first(self) -> date:
        return self.days[0]

    @property
    def last(self) -> date:
        return self.days[-1]


def span_of(days: int, today: date) -> Span:
    return Span(today - timedelta(days=days - 1), today)


def bins_of(span: Span, today: date) -> list[Bin]:
    """Groups a span: up to a month by day, up to a quarter by week from Monday, otherwise by month."""
    if span.days <= 31:
        return [Bin((day,), day >= today) for day in span]
    if span.days <= 100:
        weeks = [tuple(days) for _, days in groupby(span, key=_monday_of)]
        return [Bin(days, len(days) < 7 or days[-1] >= today) for days in weeks]
    months = [tuple(days) for _, days in groupby(span, key=_month_of)]
    return [Bin(days, _is_part_of_month(days) or days[-1] >= today) for days in months]


def bounds_of(day: date) -> tuple[datetime, datetime]:
    """The first moment of this day in China, and the first of the next."""
    return clock.midnight(day), clock.midnight(day + _DAY)


def _monday_of(day: date) -> date:
    return day - timedelta(days=day.weekday())


def _month_of(day: date) -> tuple[int, int]:
    return day.year, day.month


def _is_part_of_month(days: tuple[date, ...]) -> bool:
    return days[0].day != 1 or (days[-1] + _DAY).day != 1
