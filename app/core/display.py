"""How times and personal data are shown: in Chinese time and the reader's language, and masked."""

from datetime import date, datetime

from babel.dates import format_date
from flask import Flask

from app.core import clock
from app.core.locale import current_language
from app.core.settings import settings


def install(app: Flask) -> None:
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    app.jinja_env.filters.update(
        day=day, moment=moment, masked_name=masked_name, masked_phone=masked_phone, masked_cert=masked_cert, grouped=grouped
    )
    app.jinja_env.globals.update(settings=settings, now=clock.now)


def day(value: date | datetime | None) -> str:
    if value is None:
        return ""
    if isinstance(value, datetime):
        value = clock.local(value).date()
    if current_language() == "en":
        return str(format_date(value, "d MMMM y", locale="en"))
    return f"{value.year} 年 {value.month} 月 {value.day} 日"


def moment(value: datetime | None) -> str:
    """`11 月 24 日 17:00` or `24 November, 17:00`, with the year when it is not this one."""
    if value is None:
        return ""
    here = clock.local(value)
    is_this_year = here.year == clock.today().year
    if current_language() == "en":
        return f"{format_date(here.date(), 'd MMMM' if is_this_year else 'd MMMM y', locale='en')}, {here:%H:%M}"
    year = "" if is_this_year else f"{here.year} 年 "
    return f"{year}{here.month} 月 {here.day} 日 {here:%H:%M}"


def masked_name(name: str) -> str:
    """张*, 李**, D***: the first character stays; more than three stars say no more."""
    return name[:1] + "*" * min(3, max(1, len(name) - 1))


def masked_phone(phone: str) -> str:
    return f"{phone[:3]}****{phone[-4:]}"


def masked_cert(number: str) -> str:
    """5106**********0017; short numbers keep two characters at each end."""
    keep = 4 if len(number) >= 15 else 2
    return number[:keep] + "*" * max(4, len(number) - 2 * keep) + number[-keep:]


def grouped(number: str) -> str:
    """4-4-4, as the twelve digits are read aloud."""
    return " ".join(number[i : i + 4] for i in range(0, len(number), 4))
