"""Passwords of staff: long, not on the list of common ones, without rules of composition (NIST 800-63B-4, ASVS 6.2). Pure."""

import re
import unicodedata
from functools import cache
from pathlib import Path

from flask_babel import gettext as _

MIN_CHARS = 12  # with a second factor, which is always asked here
MAX_CHARS = 128
_LIST = Path(__file__).parent / "data" / "common_passwords.txt"
_ROWS = ("qwertyuiop", "asdfghjkl", "zxcvbnm", "1234567890", "abcdefghijklmnopqrstuvwxyz")


def normalised(password: str) -> str:
    """As it is hashed: NFC, nothing trimmed."""
    return unicodedata.normalize("NFC", password)


def weakness(password: str, username: str, min_chars: int = MIN_CHARS) -> str | None:
    """The sentence that says why this password will not do, or None. min_chars: 15 where no second factor is asked."""
    password = normalised(password)
    if len(password) < min_chars:
        return str(_("密码至少 %(count)d 个字符，可以是一句话。", count=min_chars))
    if len(password) > MAX_CHARS:
        return str(_("密码最多 %(count)d 个字符。", count=MAX_CHARS))
    low = password.casefold()
    if username and username.casefold() in low:
        return str(_("密码里不要有用户名，请换一个。"))
    if is_common(low) or len(set(low)) < 5 or _is_run(low):
        return str(_("这个密码太容易猜到，请换一个。几个不相干的词连在一起最好记。"))
    return None


def is_common(low: str) -> bool:
    """On the list, as it stands or once digits and signs at both ends and the usual replacements are taken away."""
    words = _common()
    core = re.sub(r"^[\W\d_]+|[\W\d_]+$", "", low)
    plain = core.translate(str.maketrans("@4301$5!7", "aaeoissit"))
    return bool({low, core, plain} & words) or _repeats(core) or _repeats(low)


def _repeats(text: str) -> bool:
    """passwordpassword, 123412341234: one short piece over and over."""
    return any(text == text[:n] * (len(text) // n) for n in range(1, len(text) // 2 + 1) if len(text) % n == 0)


def _is_run(low: str) -> bool:
    """Two thirds of the pairs are neighbours on a keyboard row or in the alphabet, in either direction."""
    pairs = {row[i : i + 2] for row in _ROWS for i in range(len(row) - 1)}
    pairs |= {pair[::-1] for pair in pairs}
    found = sum(low[i : i + 2] in pairs for i in range(len(low) - 1))
    return found * 3 >= (len(low) - 1) * 2


@cache
def _common() -> frozenset[str]:
    return frozenset(line.strip() for line in _LIST.read_text(encoding="utf-8").splitlines() if line.strip())
