"""Names as they are stored and compared: rare characters stay exactly as they are; only differences of typing are removed."""

import csv
import re
import unicodedata
from pathlib import Path

import regex
from flask_babel import gettext as _

from app.core.text import LONGEST_LINE, half_width, named, without_ignorable

MAX_NAME_CHARS = 60  # fixed: what the column holds; the longest names in the roster's field have 50
MAX_FOLDED_CHARS = 120  # fixed: a ligature may become three letters

_HAN = r"\p{Han}\U00020000-\U0003fffd"  # also characters newer than the tables
_ASIDE_LETTERS = "`´ʹʻʼʽʾʿˈ\ua78b\ua78c"  # apostrophes that Unicode classes as letters, or decomposes into marks

_PLAIN = re.compile(r"[\u4e00-\u9fff]{2,4}\Z")
_DOTS = regex.compile(r"\s*[·\u0387\u1427\u16eb•‧∙⋅●◦⦁\u2e31\u2e33ㆍ・\ua78f･．\U00010101]\s*")
_DOT_BETWEEN_HAN = regex.compile(rf"(?<=[{_HAN}])\s*[.。｡]\s*(?=[{_HAN}])")
_SPACE_BESIDE_HAN = regex.compile(rf"(?<=[{_HAN}·]) | (?=[{_HAN}·])")
_FULL_WIDTH = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F) if code != 0xFF0E} | {0xFE52: 0x2E, 0x2024: 0x2E}
_LETTER = regex.compile(rf"[\p{{L}}\p{{M}}{_HAN}]")
# O'Neil, Jean-Luc, John Jr.; the separators of syllables in Tibetan names and of words in Ethiopian ones
_ASIDE = regex.compile(rf"[ ·.,\p{{Dash}}'‘’‛′{_ASIDE_LETTERS}\u055a\u05f3\u0f0b\u0f0c\u1361]")
_NOT_COMPARED = str.maketrans("", "", _ASIDE_LETTERS)
_WORDLESS = regex.compile(rf"[^\p{{L}}\p{{M}}\p{{N}}\p{{Co}}{_HAN}]+")
_NO_LETTERS = regex.compile(rf"[^\p{{L}}{_HAN}]*")
_SOME_HAN = regex.compile(rf"[{_HAN}]")
_SOME_LATIN = regex.compile(r"\p{Latin}")
_STRANGE_TO_HAN = regex.compile(rf"[^{_HAN}\p{{Latin}}\p{{Common}}\p{{Inherited}}]")
_STRANGE_TO_LATIN = regex.compile(r"[^\p{Latin}\p{Common}\p{Inherited}]")


def _old_characters() -> dict[int, str]:
    """Maps code points that each stand for exactly one character. Some are of the eighty that GBK systems kept in the private use
    area (GB 18030-2022 has moved them). The others are radicals, which PDFs and old input methods leave behind (Kangxi's by NFKC,
    the rest by Unicode's Equivalent_Unified_Ideograph). Private ones that are only a part of a character are left out."""
    with (Path(__file__).parent / "data" / "old_characters.csv").open(encoding="utf-8", newline="") as file:
        old = {int(row["old"], 16): row["character"] for row in csv.DictReader(file)}
    return old | {code: unicodedata.normalize("NFKC", chr(code)) for code in range(0x2F00, 0x2FD6)}


_EVENED = _FULL_WIDTH | _old_characters()


class InvalidName(ValueError):
    """`sentence` tells the person what is wrong. `code`: empty, length, digits, unreadable, characters, scripts, dots."""

    def __init__(self, code: str, sentence: str) -> None:
        super().__init__(sentence)
        self.code, self.sentence = code, sentence


def clean_name(raw: str) -> str:
    """The name as stored: every kind of middle dot becomes ·, blanks in Chinese names are removed, at most 60 characters.

    No Unicode normalisation: it would replace compatibility ideographs and so change people's names. Invisible characters
    (variation selectors, fillers, direction marks) are left out. Raises InvalidName.
    """
    if _PLAIN.match(raw):
        return raw
    name = " ".join(without_ignorable(raw).split())
    if len(name) > 2 * MAX_NAME_CHARS:
        raise InvalidName("length", _("姓名最多 60 个字，请写短一些。"))
    name = str(_DOT_BETWEEN_HAN.sub("·", _DOTS.sub("·", name.translate(_EVENED))))
    name = str(_SPACE_BESIDE_HAN.sub("", name))
    if not name:
        raise InvalidName("empty", _("请填写姓名。"))
    if len(name) > MAX_NAME_CHARS:
        raise InvalidName("length", _("姓名最多 60 个字，您填了 %(count)s 个。", count=len(name)))
    if name.startswith("·") or name.endswith("·") or "··" in name:
        raise InvalidName("dots", _("姓名里的“·”应当在两段名字中间，请核对一遍。"))
    for character in name:
        _require_letter(character)
    if _NO_LETTERS.fullmatch(name):
        raise InvalidName("characters", _("姓名里只能有汉字、字母和“·”，请核对一遍。"))
    _require_one_script(name)
    return name


def is_same_name(one: str, other: str) -> bool:
    """Whether two names are the same. Every page and every form compares names with this: see `folded_name`."""
    if one == other:
        return True
    folded = folded_name(one)
    return bool(folded) and folded == folded_name(other)


def folded_name(name: str) -> str:
    """The form in which names are compared, at most 120 characters; folding it again changes nothing. It is never shown.

    It ignores case, composition of accents, dots, blanks, hyphens, apostrophes and invisible characters, and replaces compatibility
    ideographs by the characters they stand for. Empty if nothing is left.
    """
    if _PLAIN.match(name):
        return name
    shown = " ".join(without_ignorable(name).split())[:LONGEST_LINE]
    text = half_width(_DOTS.sub("", shown.translate(_EVENED)).translate(_NOT_COMPARED))
    for _round in range(3):  # for a few letters casefolding undoes composition, and composition undoes casefolding
        text = unicodedata.normalize("NFKC", text.casefold())
    letters = _WORDLESS.sub("", text.translate(_NOT_COMPARED))
    return unicodedata.normalize("NFC", letters)[:MAX_FOLDED_CHARS]  # joins an accent that stood alone to the letter before it


def stored_fold(name: str) -> str | None:
    """The folded name as the roster stores it: None if folding changes nothing, as with most Chinese names."""
    folded = folded_name(name)
    return None if folded == name else folded


def _require_letter(character: str) -> None:
    if _ASIDE.match(character) or _LETTER.match(character):
        return
    category = unicodedata.category(character)
    if category[0] == "N":
        raise InvalidName("digits", _("姓名里不能有数字，请核对一遍。"))
    if category in {"Co", "Cn"} or character == "\ufffd":
        raise InvalidName(
            "unreadable",
            _(
                "姓名里有一个字（%(number)s）认不出来。请用输入法重新输入这个字，或拨打热线由工作人员登记。",
                number=f"U+{ord(character):04X}",
            ),
        )
    raise InvalidName("characters", _("姓名里不能有%(character)s，只能有汉字、字母和“·”，请核对一遍。", character=named(character)))


def _require_one_script(name: str) -> None:
    """Refuses other scripts among Chinese or Latin letters: the file was read in the wrong encoding, or the letters look alike."""
    if _SOME_HAN.search(name):
        strange = _STRANGE_TO_HAN.search(name)
    else:
        strange = _STRANGE_TO_LATIN.search(name) if _SOME_LATIN.search(name) else None
    if strange is not None:
        raise InvalidName("scripts", _("姓名里的%(character)s和其他字不是一种文字，请核对一遍。", character=named(strange[0])))
