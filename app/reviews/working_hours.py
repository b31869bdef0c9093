"""Time counted in the hours an office is open. Pure; all in Asia/Shanghai."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from app.core.clock import CHINA

_MOST_DAYS = 400  # fixed: a calendar without a working day is a mistake in the table


@dataclass(frozen=True)
class WorkingHours:
    """spans: the parts of a working day, in order. closed: days off besides the weekend. worked: weekend days that are worked."""

    spans: tuple[tuple[time, time], ...]
    closed: Collection[date] = ()
    worked: Collection[date] = ()

    def is_working_day(self, day: date) -> bool:
        return day in self.worked or (day.weekday() < 5 and day not in self.closed)

    def after(self, start: datetime, hours: float) -> datetime:
        """The moment when this many working hours have passed since start. Raises ValueError if there are no working days."""
        left = timedelta(hours=hours)
        here = start.astimezone(CHINA)
        for number in range(_MOST_DAYS):
            day = here.date() + timedelta(days=number)
            if not self.is_working_day(day):
                continue
            for opens, closes in self.spans:
                begin = max(here, datetime.combine(day, opens, CHINA))
                end = datetime.combine(day, closes, CHINA)
                if begin >= end:
                    continue
                if left <= end - begin:
                    return begin + left
                left -= end - begin
        raise ValueError("no working day within a year")

    def between(self, start: datetime, end: datetime) -> timedelta:
        """How long the office was open from start to end; zero if end is not later."""
        here, there = start.astimezone(CHINA), end.astimezone(CHINA)
        passed = timedelta()
        for number in range(max(0, (there.date() - here.date()).days) + 1):
            day = here.date() + timedelta(days=number)
            if not self.is_working_day(day):
                continue
            for opens, closes in self.spans:
                begin = max(here, datetime.combine(day, opens, CHINA))
                finish = min(there, datetime.combine(day, closes, CHINA))
                passed += max(timedelta(), finish - begin)
        return passed
