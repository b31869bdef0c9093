"""The newspaper that printed one of the sources is no insurance office (S85): its telephone and address go into no text. Pure.

They are known by their hashes alone, so that they stand nowhere in this repository.
"""

import hashlib
import re

from app.core.text import half_width

_PHONE_DIGITS = 8
_ADDRESS_CHARACTERS = 6  # of the address that is looked for
_HASHES = {
    "3f92174b27ce66a4ccdbb0853e30418a111acc0b264ee70bd0315d4c7f4aabc8",
    "5807a081f4be5a0b7a4527e7cfef5d3e3577d8c34f3c6ee1c9f92a65867af8d7",
}
_NEITHER_LETTER_NOR_DIGIT = re.compile(r"[\W_]+")


def names_newspaper(text: str) -> bool:
    """Whether the number or the street stands anywhere in the text, in whatever spelling."""
    squeezed = _NEITHER_LETTER_NOR_DIGIT.sub("", half_width(text))
    return any(_digest(part) in _HASHES for part in _candidates(squeezed))


def _candidates(text: str) -> set[str]:
    """Every run of eight digits, and whatever six characters end in three digits."""
    phones = {text[m.start() : m.start() + _PHONE_DIGITS] for m in re.finditer(rf"(?=\d{{{_PHONE_DIGITS}}})", text)}
    streets = {text[m.start() : m.start() + _ADDRESS_CHARACTERS] for m in re.finditer(r"(?=\D{3}\d{3})", text)}
    return phones | streets


def _digest(part: str) -> str:
    return hashlib.sha256(b"pingzheng:S85:" + part.encode()).hexdigest()
