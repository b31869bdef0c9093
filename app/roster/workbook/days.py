"""Finds the styles of a workbook that show a day, and converts numbers with such a style to days."""

import re
from datetime import date, timedelta
from typing import IO

from .package import drain
from .streaming import Ended, read_xml

_MOST_STYLES = 100_000  # fixed: a workbook can have 65,490
_MOST_CODES = 10_000  # fixed: formats of numbers in one workbook; Excel has 250
# Built-in formats (ECMA-376 part 1, 18.8.30), with those that Chinese, Japanese and Korean spreadsheets add (27-36, 50-58)
_SHOWN = {14: "d", 15: "d", 16: "d", 17: "m", 22: "d"} | {
    27: "m", 28: "d", 29: "d", 30: "d", 31: "d", 36: "m", 50: "m", 51: "d", 52: "m", 53: "d", 54: "d", 57: "m", 58: "d"
}  # fmt: skip
_ASIDE = re.compile(r'"[^"]*"|\\.|_.|\*.|\[[^\]]*\]')
_SECONDS_A_DAY = 86_400  # fixed: seconds
_LAST = 2_958_465  # 31 December 9999


def read_date_styles(part: IO[bytes]) -> dict[int, str]:
    """Maps a cell style's index to `d` if it shows a day, or to `m` if it shows a month without a day. Raises Refused."""
    codes: dict[int, str] = {}
    shown: dict[int, str] = {}
    count, is_within = 0, False

    def start(name: str, attributes: dict[str, str]) -> None:
        nonlocal count, is_within
        if name == "numFmt" and len(codes) < _MOST_CODES:
            codes[_number(attributes.get("numFmtId"))] = attributes.get("formatCode", "")[:255]
        elif name == "cellXfs":
            is_within = True
        elif name == "xf" and is_within:
            by = _number(attributes.get("numFmtId"))
            kind = _kind_of(codes[by]) if by in codes else _SHOWN.get(by, "")
            if kind:
                shown[count] = kind
            count += 1
            if count > _MOST_STYLES:
                raise Ended

    def end(name: str) -> None:
        if name == "cellXfs":
            raise Ended

    drain(read_xml(part, start, end))
    return shown


def _kind_of(code: str) -> str:
    """`d`, `m` or empty for a format code such as `yyyy"年"m"月"d"日"`, `[$-804]yyyy/m/d;@` or `e/m/d`."""
    plain = _ASIDE.sub("", code.split(";", maxsplit=1)[0]).lower()
    if "general" in plain or re.search(r"[0#?]", plain):
        return ""
    if "d" in plain or "日" in plain:
        return "d"
    return "m" if "y" in plain or "e" in plain or "年" in plain else ""


def day_of(serial: float, kind: str, has_1904_dates: bool) -> str | None:
    """`1990-03-07`, followed by ` 16:00:00` if the number has a fraction of a day; None if it is no day.

    With a style that shows only the month, the first of a month is what a spreadsheet stores for a typed month: `1990-03`.
    Spreadsheets count a 29 February 1900 that never existed (60), so the days before it have numbers one too high.
    """
    whole = int(serial // 1)
    seconds = round((serial - whole) * _SECONDS_A_DAY)
    if seconds == _SECONDS_A_DAY:
        whole, seconds = whole + 1, 0
    if not 0 <= whole <= _LAST or (not has_1904_dates and whole in {0, 60}):
        return None
    start = date(1904, 1, 1) if has_1904_dates else date(1899, 12, 30 if whole > 60 else 31)
    try:
        day = start + timedelta(days=whole)
    except OverflowError:
        return None
    if kind == "m" and day.day == 1:
        return f"{day:%Y-%m}"
    time = f" {seconds // 3600:02}:{seconds // 60 % 60:02}:{seconds % 60:02}" if seconds else ""
    return day.isoformat() + time


def _number(text: str | None) -> int:
    return int(text) if text and text.isascii() and text.isdigit() and len(text) < 10 else -1
