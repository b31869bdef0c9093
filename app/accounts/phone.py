"""Mobile numbers as people write them. Pure: no look-up, no I/O."""

import re
import string
from typing import Any

from flask_babel import lazy_gettext as _l

from app.core.text import digits_of, find_strange, named

_AROUND = str.maketrans("", "", "().·•/")
_COUNTRY = re.compile(r"^(?:\+86|0086|86(?=1\d{10}$))")
_MOBILE = re.compile(r"1[3-9][0-9]{9}")


class InvalidPhone(ValueError):
    """Not a mainland mobile number; `str()` is a sentence for the person."""

    def __init__(self, sentence: Any) -> None:
        super().__init__(sentence)
        self.sentence = sentence

    def __str__(self) -> str:
        return str(self.sentence)


def parse_mobile(raw: str) -> str:
    """Eleven ASCII digits. Understands full width, +86, 0086, spaces, hyphens and invisible characters; raises InvalidPhone."""
    number = _COUNTRY.sub("", digits_of(raw).translate(_AROUND))
    if not number:
        raise InvalidPhone(_l("请填写手机号。"))
    if strange := find_strange(number, string.digits):
        raise InvalidPhone(_l("手机号里只有数字，不能有%(character)s，请核对一遍。", character=named(strange)))
    if len(number) != 11:
        raise InvalidPhone(_l("手机号是 11 位数字，您填了 %(count)s 位，请核对一遍。", count=len(number)))
    if not _MOBILE.fullmatch(number):
        raise InvalidPhone(_l("手机号以 13 到 19 开头，请核对一遍。"))
    return number
