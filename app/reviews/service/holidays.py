"""The table of days that are not like others of their weekday."""

import csv
from datetime import date
from pathlib import Path

from app.core import audit
from app.core.db import db, transaction
from app.core.errors import NotFound
from app.reviews.models import Holiday, ReviewTag

DATA = Path(__file__).parents[1] / "data" / "holidays.csv"


@transaction()
def load_holidays(file: Path = DATA) -> int:
    """Adds the days that are not in the table yet; what staff changed stays. Returns how many were added."""
    with file.open(encoding="utf-8", newline="") as rows:
        wanted = {date.fromisoformat(row["day"]): row for row in csv.DictReader(rows)}
    known = {holiday.day for holiday in db.session.query(Holiday)}
    new = [day for day in wanted if day not in known]
    db.session.add_all(Holiday(day=day, name=wanted[day]["name"], is_worked=wanted[day]["is_worked"] == "1") for day in new)
    return len(new)


@transaction()
def set_holiday(day: date, name: str, *, is_worked: bool, by: str) -> None:
    """is_worked: a weekend day that is worked instead of another. Promises given before stay as they are."""
    db.session.merge(Holiday(day=day, name=name, is_worked=is_worked))
    audit.record(ReviewTag.holidays_changed, actor=by, subject=f"holiday:{day.isoformat()}", worked=is_worked)


@transaction()
def remove_holiday(day: date, *, by: str) -> None:
    found = db.session.get(Holiday, day)
    if found is None:
        raise NotFound
    db.session.delete(found)
    audit.record(ReviewTag.holidays_changed, actor=by, subject=f"holiday:{day.isoformat()}", outcome="removed")
