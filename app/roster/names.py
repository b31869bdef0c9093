"""Names as they are stored and compared: rare characters stay exactly what they are, only the typing is evened out."""

import re
import unicodedata

from flask_babel import gettext as _

MAX_NAME_CHARS = 60

_PLAIN = re.compile(r"[\u4e00-\u9fff]{2,4}\Z")
_DOTS = re.compile(r"\s*[\u00b7\u0387\u16eb\u2022\u2027\u2219\u22c5\u2e31\u30fb\uff65\uff0e]\s*")
_DOT_BETWEEN_HAN = re.compile(r"(?<=[\u2e80-\u9fff\U00020000-\U0003ffff])\.(?=[\u2e80-\u9fff\U00020000-\U0003ffff])")
_SPACE_BESIDE_HAN = re.compile(r"(?<=[\u2e80-\u9fff\U00020000-\U0003ffff·]) | (?=[\u2e80-\u9fff\U00020000-\U0003ffff·])")
_INVISIBLE = re.compile(r"[\u200b-\u200f\u2060\ufeff]")
_FULL_WIDTH = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F) if code != 0xFF0E}
_LEGACY = {0xE863: 0x4DAE}  # where GBK systems of before 2000 kept 䶮
_ASIDE = " ·-'.,’"  # of names in Latin letters: O'Neil, Jean-Luc, John Jr.


class InvalidName(ValueError):
    """`sentence` says to the person what is wrong with it; `code`: empty, length, digits, unreadable, characters, dots."""

    def __init__(self, code: str, sentence: str) -> None:
        super().__init__(sentence)
        self.code, self.sentence = code, sentence


def clean_name(raw: str) -> str:
    """The name as stored: every kind of middle dot becomes ·, blanks in Chinese names go, at most 60 characters.

    No Unicode normalisation: it would swap compatibility ideographs for others and change people's names. Raises InvalidName.
    """
    if _PLAIN.match(raw):
        return raw
    name = _INVISIBLE.sub("", raw.translate(_FULL_WIDTH).translate(_LEGACY))
    name = _DOT_BETWEEN_HAN.sub("·", _DOTS.sub("·", " ".join(name.split())))
    name = _SPACE_BESIDE_HAN.sub("", name)
    if not name:
        raise InvalidName("empty", _("请填写姓名。"))
    if len(name) > MAX_NAME_CHARS:
        raise InvalidName("length", _("姓名最多 60 个字，您填了 %(count)s 个。", count=len(name)))
    if name.startswith("·") or name.endswith("·") or "··" in name:
        raise InvalidName("dots", _("姓名里的“·”应当在两段名字中间，请核对一遍。"))
    for character in name:
        _require_letter(character)
    if not any(character.isalpha() or character == "〇" for character in map(_known, name)):
        raise InvalidName("characters", _("姓名里只能有汉字、字母和“·”，请核对一遍。"))
    return name


def is_same_name(one: str, other: str) -> bool:
    """Whether two cleaned names are one name: Latin letters in either case, blanks and hyphens aside."""
    return one == other or _folded(one) == _folded(other)


def _folded(name: str) -> str:
    return "".join(c for c in name.casefold() if c not in _ASIDE)


def _known(character: str) -> str:
    """Han characters newer than this Python's tables count as Han."""
    return "字" if 0x20000 <= ord(character) <= 0x3FFFF else character


def _require_letter(character: str) -> None:
    if character in _ASIDE or character == "〇" or _known(character) == "字":
        return
    category = unicodedata.category(character)
    if category[0] in "LM":
        return
    if category[0] == "N":
        raise InvalidName("digits", _("姓名里不能有数字，请核对一遍。"))
    if category in {"Co", "Cn"} or character == "\ufffd":
        raise InvalidName("unreadable", _("姓名里有一个字认不出来。请用输入法重新输入这个字，或拨打热线由工作人员登记。"))
    raise InvalidName("characters", _("姓名里只能有汉字、字母和“·”，请核对一遍。"))
