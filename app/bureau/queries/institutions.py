"""How much an institution scanned, read from the daily figures and never from the scans themselves."""

from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import func, select

from app.core import clock
from app.core.db import db
from app.figures.models import DailyFigure, Figure
from app.institutions.models import Institution

DAYS = 30  # fixed: what an institution's page draws


@dataclass(frozen=True, slots=True)
class ScanDay:
    day: date
    accepted: int
    refused: int


def list_scan_days(institution: Institution) -> list[ScanDay]:
    """The last thirty days, newest first. Reads about sixty rows by their key."""
    today = clock.today()
    days = [today - timedelta(days=number) for number in range(DAYS)]
    counted = select(DailyFigure.figure, DailyFigure.day, func.sum(DailyFigure.value)).where(
        DailyFigure.figure.in_([Figure.scan.value, Figure.scan_refused.value]),
        DailyFigure.day.in_(days),
        DailyFigure.region == institution.region_code,
        DailyFigure.key == str(institution.id),
    )
    found = {(row[0], row[1]): int(row[2]) for row in db.session.execute(counted.group_by(DailyFigure.figure, DailyFigure.day))}
    return [ScanDay(day, found.get(("scan", day), 0), found.get(("scan_refused", day), 0)) for day in days]
