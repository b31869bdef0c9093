"""Passwords: long, hard to guess, without rules of composition (NIST 800-63B-4, ASVS 6.2). Pure.

zxcvbn estimates how hard: it knows leaked passwords, words, names, dates, keyboard walks and the usual replacements.
`data/local_words.txt` adds words of this country and trade.
"""

import unicodedata
from functools import cache
from pathlib import Path

from flask_babel import gettext as _

from app.core.on_demand import on_demand

zxcvbn = on_demand("zxcvbn")  # its lists take 0.1 s and 16 MB

MIN_CHARS = 12  # fixed: with a second factor, which is always asked here
MAX_CHARS = 128  # fixed: ASVS 6.2.9: 64 at least have to be accepted
_LEAST_GUESSES = 10**10  # zxcvbn's "very unguessable": resists guessing against the hashes of a copied database too
_LOOKED_AT = 48  # characters: time grows with the square of the length, and a hard beginning is enough
_WORDS = Path(__file__).parent / "data" / "local_words.txt"


def normalised(password: str) -> str:
    """The password as it is hashed: in NFC, not trimmed."""
    return unicodedata.normalize("NFC", password)


def weakness(password: str, username: str, min_chars: int = MIN_CHARS) -> str | None:
    """The sentence that says why this password is refused, or None. min_chars: 15 where no second factor is asked for."""
    password = normalised(password)
    if len(password) < min_chars:
        return str(_("密码至少 %(count)d 个字符，可以是一句话。", count=min_chars))
    if len(password) > MAX_CHARS:
        return str(_("密码最多 %(count)d 个字符。", count=MAX_CHARS))
    if username and username.casefold() in password.casefold():
        return str(_("密码里不要有用户名，请换一个。"))
    if guesses_for(password, username) < _LEAST_GUESSES:
        return str(_("这个密码太容易猜到，请换一个。几个不相干的词连在一起最好记。"))
    return None


def guesses_for(password: str, username: str = "") -> float:
    """How many guesses an attacker needs who knows how people choose passwords. Takes at most 80 ms."""
    known = [part for part in username.casefold().replace("-", ".").replace("_", ".").split(".") if part]
    return float(zxcvbn.zxcvbn(password[:_LOOKED_AT], user_inputs=[*known, *_local_words()])["guesses"])


@cache
def _local_words() -> list[str]:
    return _WORDS.read_text(encoding="utf-8").split()
