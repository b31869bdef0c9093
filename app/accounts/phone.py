"""Numbers as people write them: of mobiles, and codes. Pure: no look-up, no I/O."""

import re
import unicodedata
from typing import Any

from flask_babel import lazy_gettext as _l

_IGNORED = re.compile(r"[\s\-‐-―−().·\u200b-\u200d\u2060\ufeff]+")
_COUNTRY = re.compile(r"^(?:\+86|0086|86(?=1\d{10}$))")
_MOBILE = re.compile(r"1[3-9][0-9]{9}")


class InvalidPhone(ValueError):
    """Not a mobile number of the mainland; `str()` is a sentence for the person."""

    def __init__(self, sentence: Any) -> None:
        super().__init__(sentence)
        self.sentence = sentence

    def __str__(self) -> str:
        return str(self.sentence)


def parse_mobile(raw: str) -> str:
    """Eleven ASCII digits. Full width, +86, 0086, spaces and hyphens are understood; raises InvalidPhone."""
    text = _IGNORED.sub("", unicodedata.normalize("NFKC", raw))
    number = _COUNTRY.sub("", text)
    if not number:
        raise InvalidPhone(_l("请填写手机号。"))
    if not (number.isascii() and number.isdigit()):
        raise InvalidPhone(_l("手机号里只有数字，请核对一遍。"))
    if len(number) != 11:
        raise InvalidPhone(_l("手机号是 11 位数字，您填了 %(count)s 位，请核对一遍。", count=len(number)))
    if not _MOBILE.fullmatch(number):
        raise InvalidPhone(_l("手机号以 13 到 19 开头，请核对一遍。"))
    return number


def digits_of(raw: str | None) -> str:
    """A code as people copy it together with blanks: half-width, without white space."""
    return "".join(unicodedata.normalize("NFKC", raw or "").split())
