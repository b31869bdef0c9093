"""Cleans what people type and paste: removes invisible characters and makes it half-width, at bounded cost however long it is. All
code that reads numbers, codes and names begins here. Pure.

Ignorable characters are those with Unicode's property Default_Ignorable_Code_Point (UAX #44), which Python does not have: direction
marks, joiners, variation selectors, the Hangul fillers that count as letters, tags. docs/adr/0033 says what was tried.
"""

import unicodedata

import regex
from flask_babel import gettext as _

LONGEST_LINE = 1000  # fixed: characters in one field of a form; no number, code or name comes near this

_IGNORABLE = regex.compile(r"[\p{Default_Ignorable_Code_Point}\uFFF9-\uFFFB\u2800]+")  # the others are invisible too
_DASH = regex.compile(r"\p{Dash}")
_QUOTES = "'\"`´‘’‚‛“”„′‵ʹʼˈ＇＂「」『』"  # the apostrophe with which spreadsheets mark text, and what input methods make of it
_NOT_SHOWN = regex.compile(r"[\p{C}\p{Z}\p{M}\p{Default_Ignorable_Code_Point}]")


def without_ignorable(text: str) -> str:
    """The same text without invisible characters; everything else, blanks too, is unchanged."""
    return text if text.isascii() else str(_IGNORABLE.sub("", text))


def half_width(text: str, longest: int | None = LONGEST_LINE) -> str:
    """Without ignorable characters and in NFKC: half-width letters and digits, one form of every accent.

    The length is checked first, since one character may become eighteen. A text longer than `longest` (None: no limit) is cut one
    character after that and not normalised. No reader accepts a text that long, so it is refused as it should be.
    """
    if text.isascii():
        return text
    seen = without_ignorable(text)
    if longest is not None and len(seen) > longest:
        return seen[: longest + 1]
    return unicodedata.normalize("NFKC", seen)


def compact(text: str) -> str:
    """Half-width and without any white space: how numbers and codes are read."""
    return "".join(half_width("".join(text.split())).split())


def digits_of(raw: str | None) -> str:
    """A number as people copy it: made compact, without dashes and surrounding quotes. Anything else in it stays."""
    return without_dashes(compact(unquoted(raw or "")))


def unquoted(text: str) -> str:
    """Without quotes or apostrophes at its ends."""
    return without_ignorable(text).strip().strip(_QUOTES).strip()


def plain_dashes(text: str) -> str:
    """Hyphens, dashes and minus signs of every kind (Unicode's property Dash) as the one on the keyboard."""
    return text if text.isascii() else str(_DASH.sub("-", text))


def without_dashes(text: str) -> str:
    return plain_dashes(text).replace("-", "")


def code_of(raw: str | None, length: int) -> str:
    """A code of `length` digits, read as `digits_of`; one that a phone has filled in several times (270993270993) counts once."""
    digits = digits_of(raw)
    first, times = digits[:length], len(digits) // length
    return first if times > 1 and first * times == digits else digits


def is_digits(text: str, length: int) -> bool:
    """Whether the text is exactly `length` ASCII digits."""
    return len(text) == length and text.isascii() and text.isdigit()


def find_strange(text: str, allowed: str) -> str:
    """The first character that is not among `allowed`, or an empty string."""
    return next((character for character in text if character not in allowed), "")


def named(character: str) -> str:
    """How a sentence names a character: “O”, “Х”（U+0425）, and only the number of one that cannot be shown."""
    if "!" <= character <= "~":
        return str(_("“%(character)s”", character=character))
    number = f"U+{ord(character):04X}"
    if _NOT_SHOWN.match(character):
        return number
    return str(_("“%(character)s”（%(number)s）", character=character, number=number))
