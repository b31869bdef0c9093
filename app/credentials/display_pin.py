"""展码密码: how the six digits are read, and which ones are too easy to guess."""

import re
from datetime import date

from flask_babel import gettext as _

from app.core.text import digits_of

PIN_DIGITS = 6  # fixed: six, the least that NIST 800-63B requires of activation secrets
_RUNS = ("01234567890", "09876543210")


class InvalidPin(ValueError):
    """Not six digits; the message is a sentence for the person."""


def parse_pin(raw: str) -> str:
    """Six ASCII digits from what was typed: full width, spaces and invisible characters are allowed. Raises InvalidPin."""
    pin = digits_of(raw)
    if not pin:
        raise InvalidPin(_("请输入六位数字的展码密码。"))
    if not re.fullmatch(r"\d+", pin, re.ASCII):
        raise InvalidPin(_("展码密码只有数字，请输入六位数字。"))
    if len(pin) != PIN_DIGITS:
        raise InvalidPin(_("展码密码是六位数字，您输入了 %(count)d 位。", count=len(pin)))
    return pin


def weakness(pin: str, birthday: date | None, document_number: str) -> str | None:
    """The sentence that says why this PIN is too easy, or None."""
    if _is_pattern(pin):
        return str(_("这个密码太容易猜到，请换一个。不要用连号或重复的数字。"))
    if birthday and pin in {birthday.strftime(form) for form in ("%y%m%d", "%m%d%y", "%d%m%y", "%Y%m", "%m%Y")}:
        return str(_("请不要用生日做密码，请换一个。"))
    digits = re.sub(r"\D", "", document_number)
    if pin in {digits[-PIN_DIGITS:], document_number[-PIN_DIGITS - 1 : -1]}:
        return str(_("请不要用证件号码的末尾做密码，请换一个。"))
    return None


def _is_pattern(pin: str) -> bool:
    """Whether the PIN is like 000000, 121212, 123123; 123456, 987654; 112233, 332211."""
    repeats = any(pin == pin[:n] * (PIN_DIGITS // n) for n in (1, 2, 3))
    pairs = pin[0::2] == pin[1::2] and any(pin[0::2] in run for run in _RUNS)
    return repeats or pairs or any(pin in run for run in _RUNS)
