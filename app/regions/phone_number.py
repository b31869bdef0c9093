"""Telephone numbers of offices as people write them. Pure."""

import re

from app.core.text import half_width

_COUNTRY = re.compile(r"^(?:\+|00)86")
_BIG_CITY = re.compile(r"^0(?:10|2\d)")  # area codes of three digits: 010 and 02x
_WITHOUT_AREA = re.compile(r"(?:400|800)\d{7}|1[3-9]\d{9}|12\d{3}|9[56]\d{3}", re.ASCII)


class NoPhoneNumber(ValueError):
    """The text is not a number that can be dialled in China."""


def parse_phone(text: str) -> str:
    """Normalises any spelling (spaces, brackets, full width, +86) to `0838-2208900`, `400-123-4567`, `12393` or `13800000000`.

    Raises NoPhoneNumber.
    """
    written = half_width(text)
    written = re.sub(r"[\s()（）.\-‐‑‒–—―−]", "", written)
    digits = _COUNTRY.sub("", written)
    if digits != written and not digits.startswith("0") and not _WITHOUT_AREA.fullmatch(digits):
        digits = "0" + digits  # +86 838 2208900
    if not re.fullmatch(r"\d{5,12}", digits, re.ASCII):
        raise NoPhoneNumber(text)
    if digits.startswith("0"):
        area = 3 if _BIG_CITY.match(digits) else 4
        if digits[1] != "0" and area < len(digits) and len(digits) - area in (7, 8) and digits[area] in "23456789":
            return f"{digits[:area]}-{digits[area:]}"
    elif _WITHOUT_AREA.fullmatch(digits):
        return f"{digits[:3]}-{digits[3:6]}-{digits[6:]}" if len(digits) == 10 else digits
    raise NoPhoneNumber(text)
