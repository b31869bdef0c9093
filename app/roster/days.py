"""Reads days as spreadsheets and exports of East Asia write them. A day that can be read in two ways is refused.

Refused are: a day without a year or without the day of the month (1990-3), the year at the end (3/7/1990 may be March or July),
digits that can be split in two ways (1990111), the bare number of a spreadsheet (32939), years of another era (民国, 昭和), and a
time of day that is not midnight: most often a time zone has moved such a day (1990-03-06 16:00 UTC is the 7th here).
"""

import re
from datetime import date
from functools import lru_cache

from flask_babel import gettext as _

from app.core.text import half_width

_DIGITS = re.compile(r"([0-9]{4})([0-9]{2})([0-9]{2})\Z")
_PARTED = re.compile(r"([0-9]{4}) ?[-/.年년] ?([0-9]{1,2}) ?[-/.月월] ?([0-9]{1,2}) ?[日号號일.]?\Z")
_WEEKDAY = re.compile(r"[ (]*(?:星期|礼拜|周|週)[一二三四五六日天][ )]*\Z")
_TIME = re.compile(
    r"(?:T| |(?<=[日号號일]))(?P<half>上午|凌晨|午前)? ?(?P<hour>[0-9]{1,2}):(?P<rest>[0-9]{2}(?::[0-9]{2}(?:\.[0-9]{1,9})?)?)"
    r" ?(?P<behind>AM)?(?: ?(?:Z|\+08:?00))?\Z",
    re.IGNORECASE,
)
_TIME_OF_DAY = re.compile(r"[0-9]{1,2}:[0-9]{2}")
_CHINESE_DAY = re.compile(r"([〇零○一二三四五六七八九]{4})年([一二三四五六七八九十]{1,2})月([一二三四五六七八九十]{1,3})[日号號]\Z")
_CHINESE_DIGITS = {char: digit for digit, char in enumerate("〇一二三四五六七八九")} | {"零": 0, "○": 0}


class BadDay(ValueError):
    def __init__(self, sentence: str) -> None:
        super().__init__(sentence)
        self.sentence = sentence


@lru_cache(maxsize=1 << 15)
def read_day(text: str) -> date:
    """Reads a day. Raises BadDay with a sentence that repeats nothing of the cell."""
    plain = " ".join(half_width(text).split())
    if time := _TIME.search(plain):
        if not _is_midnight(time):
            raise BadDay(_("出生日期后面带有钟点，可能差一天，请写成 1990-03-07。"))
        plain = plain[: time.start()]
    elif _TIME_OF_DAY.search(plain):
        raise BadDay(_("出生日期后面带有钟点，可能差一天，请写成 1990-03-07。"))
    plain = _WEEKDAY.sub("", plain).strip()
    if chinese := _CHINESE_DAY.match(plain):
        plain = "-".join(map(str, _from_chinese(*chinese.groups())))
    found = _PARTED.match(plain) or _DIGITS.match(plain)
    if found is None and plain.isascii() and plain.isdigit():
        raise BadDay(_("出生日期是一串数字，读法不止一种，请写成 1990-03-07。"))
    try:
        year, month, day = map(int, found.groups()) if found else (0, 0, 0)
        return date(year, month, day)
    except ValueError:
        raise BadDay(_("出生日期不存在或写法不对，请写成 1990-03-07。")) from None


def _is_midnight(time: re.Match[str]) -> bool:
    """Whether the time is 0:00, or 12:00 AM in the twelve-hour clock."""
    is_twelve = int(time["hour"]) == 12 and bool(time["half"] or time["behind"])
    return (int(time["hour"]) == 0 or is_twelve) and not time["rest"].replace(":", "").replace(".", "").strip("0")


def _from_chinese(year: str, month: str, day: str) -> tuple[int, int, int]:
    return int("".join(str(_CHINESE_DIGITS[char]) for char in year)), _below_hundred(month), _below_hundred(day)


def _below_hundred(text: str) -> int:
    """Reads 三, 十, 十二, 二十 or 三十一. Anything else gives 0, which no day has."""
    tens, ten, ones = text.rpartition("十")
    if len(tens) > 1 or len(ones) > 1 or "十" in tens or (not ten and not ones):
        return 0
    return (_CHINESE_DIGITS[tens] if tens else 1) * 10 * bool(ten) + (_CHINESE_DIGITS[ones] if ones else 0)
