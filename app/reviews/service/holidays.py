"""The table of days that differ from others of their weekday.

A change does not move promises already given: the citizen was told a moment, and it is kept or missed.
"""

import csv
from datetime import date
from pathlib import Path

from flask_babel import gettext as _
from sqlalchemy import extract

from app.core import audit, clock
from app.core.db import db, transaction
from app.core.errors import DomainError, NotFound
from app.reviews.audit_tags import ReviewTag
from app.reviews.holiday_file import NAME_LONGEST, UnreadableFile, read_days
from app.reviews.models import Holiday, HolidayYear

FIRST_YEAR, LAST_YEAR = 2020, 2099  # fixed: no promise was made before
NOTICE_OF_STATE_COUNCIL = "国办"
DATA = Path(__file__).parents[1] / "data" / "holidays.csv"


@transaction()
def load_holidays(file: Path = DATA) -> int:
    """Adds the days that are not in the table yet and keeps what staff changed. Returns how many were added."""
    with file.open(encoding="utf-8", newline="") as rows:
        wanted = {date.fromisoformat(row["day"]): row for row in csv.DictReader(rows)}
    known = {holiday.day for holiday in db.session.query(Holiday)}
    new = [day for day in wanted if day not in known]
    db.session.add_all(Holiday(day=day, name=wanted[day]["name"], is_worked=wanted[day]["is_worked"] == "1") for day in new)
    for year in {day.year for day in wanted if wanted[day]["source"].startswith(NOTICE_OF_STATE_COUNCIL)}:
        if db.session.get(HolidayYear, year) is None:
            _confirm(year, "release")
    return len(new)


@transaction()
def set_holiday(day: date, name: str, *, is_worked: bool, by: str) -> None:
    """Adds or replaces a day. is_worked: a weekend day worked in place of another, or a day off on which this bureau works.

    Raises DomainError with the field that is wrong.
    """
    name = " ".join(name.split())
    if not FIRST_YEAR <= day.year <= LAST_YEAR:
        raise DomainError("no_day", _("年份不对，请核对一遍。"), field="day")
    if not name or len(name) > NAME_LONGEST:
        raise DomainError("no_name", _("请写节日的名称，最多 %(count)d 个字。", count=NAME_LONGEST), field="name")
    db.session.merge(Holiday(day=day, name=name, is_worked=is_worked))
    audit.record(ReviewTag.holidays_changed, actor=by, subject=Holiday.subject_of(day.isoformat()), worked=is_worked)


@transaction()
def replace_year(year: int, data: bytes, *, by: str) -> int:
    """Replaces a year's days by those in the file of its notice. Returns how many; raises DomainError `file`."""
    try:
        days = read_days(data, year)
    except UnreadableFile as wrong:
        raise DomainError("file", _sentence(wrong), _("没有改动任何一天。请改好文件再传一次。"), field="file") from None
    db.session.query(Holiday).filter(extract("year", Holiday.day) == year).delete(synchronize_session="fetch")
    db.session.add_all(Holiday(day=one.day, name=one.name, is_worked=one.is_worked) for one in days)
    _confirm(year, by)
    audit.record(ReviewTag.holidays_changed, actor=by, subject=HolidayYear.subject_of(year), outcome="replaced", days=len(days))
    return len(days)


@transaction()
def confirm_year(year: int, *, by: str) -> None:
    """Notes that somebody compared the year, entered by hand, with its notice. Raises DomainError `year_empty`."""
    if not db.session.query(Holiday).filter(extract("year", Holiday.day) == year).count():
        raise DomainError("year_empty", _("这一年还没有任何节假日。"), _("请先添加，再确认。"), status=409)
    _confirm(year, by)
    audit.record(ReviewTag.holidays_changed, actor=by, subject=HolidayYear.subject_of(year), outcome="confirmed")


@transaction()
def remove_holiday(day: date, *, by: str) -> None:
    found = db.session.get(Holiday, day)
    if found is None:
        raise NotFound
    db.session.delete(found)
    audit.record(ReviewTag.holidays_changed, actor=by, subject=Holiday.subject_of(day.isoformat()), outcome="removed")


def _confirm(year: int, by: str) -> None:
    db.session.merge(HolidayYear(year=year, confirmed_at=clock.now(), confirmed_by=by))


def _sentence(wrong: UnreadableFile) -> str:
    whole: dict[str, str] = {
        "too_big": _("文件太大了，放假通知不会有这么长。"),
        "no_text": _("这不是文本文件，请存成 CSV。"),
        "empty": _("文件里没有一天。"),
    }
    if wrong.code in whole:
        return whole[wrong.code]
    lines: dict[str, str] = {
        "too_many": _("行数太多。"),
        "no_day": _("没有这一天，请写成 2026-10-01 这样。"),
        "other_year": _("不是这一年的日子。"),
        "twice": _("同一天写了两次。"),
        "no_name": _("没有写节日的名称，或者太长。"),
        "no_worked": _("第三列请写 1（上班）或 0（放假）。"),
        "worked_anyway": _("这一天不是周末，本来就上班。"),
    }
    return str(_("第 %(line)d 行：%(what)s", line=wrong.line, what=lines[wrong.code]))
