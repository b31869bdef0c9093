"""The yearly notice of the State Council as a CSV file: day, name, is_worked. Pure."""

import csv
import io
import re
from dataclasses import dataclass
from datetime import date

from app.core.text import compact

MOST_BYTES = 64 * 1024  # fixed: a year's table has two thousand
MOST_ROWS = 200  # fixed: a year has about forty days off and worked weekends
NAME_LONGEST = 40  # fixed: what the column holds
_DAY = re.compile(r"(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?", re.ASCII)
_WORKED = {"1": True, "上班": True, "是": True, "0": False, "": False, "放假": False, "否": False}


@dataclass(frozen=True)
class DayOff:
    day: date
    name: str
    is_worked: bool


class UnreadableFile(ValueError):
    """A code for what is wrong, and the line (0 for the whole file)."""

    def __init__(self, code: str, line: int = 0) -> None:
        super().__init__(f"{code} in line {line}")
        self.code, self.line = code, line


def parse_day(text: str) -> date | None:
    """Reads `2026-02-03`, `2026/2/3` or `2026年2月3日`. None for anything else, such as a day that does not exist (31 February)."""
    found = _DAY.fullmatch(compact(text))
    try:
        return date(*map(int, found.groups())) if found else None
    except ValueError:
        return None


def read_days(data: bytes, year: int) -> list[DayOff]:
    """Reads UTF-8, with or without a BOM, or GBK; skips a first line of headings. Raises UnreadableFile."""
    if len(data) > MOST_BYTES:
        raise UnreadableFile("too_big")
    found: dict[date, DayOff] = {}
    for number, row in enumerate(csv.reader(io.StringIO(_text(data), newline="")), start=1):
        cells = [cell.strip() for cell in row]
        if not any(cells) or (number == 1 and parse_day(cells[0]) is None and not any(c.isdigit() for c in cells[0])):
            continue
        if len(found) >= MOST_ROWS:
            raise UnreadableFile("too_many", number)
        day = parse_day(cells[0])
        if day is None:
            raise UnreadableFile("no_day", number)
        if day.year != year:
            raise UnreadableFile("other_year", number)
        if day in found:
            raise UnreadableFile("twice", number)
        if len(cells) < 2 or not cells[1] or len(cells[1]) > NAME_LONGEST:
            raise UnreadableFile("no_name", number)
        worked = _WORKED.get(cells[2] if len(cells) > 2 else "")
        if worked is None:
            raise UnreadableFile("no_worked", number)
        if worked and day.weekday() < 5:
            raise UnreadableFile("worked_anyway", number)
        found[day] = DayOff(day, cells[1], worked)
    if not found:
        raise UnreadableFile("empty")
    return sorted(found.values(), key=lambda one: one.day)


def _text(data: bytes) -> str:
    if b"\0" in data:
        raise UnreadableFile("no_text")
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise UnreadableFile("no_text")
