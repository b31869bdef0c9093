"""Settings that hold several keys, so that one can replace another: the newest that has begun writes, all of them read.

One setting holds them, newest first: `k2:<secret>:<begins>,k1:<secret>`. A value not in this form is a single key, `k1`:
keys were written like that before they could be rotated. Pure; for `app.config` and `app.core`.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from itertools import pairwise

_ENTRY = re.compile(r"k([1-9]\d{0,3}):([^:,\s]+)(?::(\d{1,12}))?", re.ASCII)


@dataclass(frozen=True, slots=True)
class Key:
    """number: 1 for the first. begins: the moment from which on it writes, Unix seconds; until then it only reads."""

    number: int
    secret: str = field(repr=False)
    begins: int = 0

    @property
    def id(self) -> str:
        return f"k{self.number}"

    @property
    def entry(self) -> str:
        """The key as written in the setting."""
        return f"{self.id}:{self.secret}" + (f":{self.begins}" if self.begins else "")


def read_keys(text: str) -> tuple[Key, ...]:
    """Newest first; empty for an empty text."""
    found = [_ENTRY.fullmatch(entry) for entry in text.split(",")]
    if not text:
        return ()
    if None in found:
        return (Key(1, text),)
    keys = [Key(int(one[1]), one[2], int(one[3] or 0)) for one in found if one is not None]
    return tuple(sorted(keys, key=lambda key: -key.number))


def write_keys(keys: tuple[Key, ...]) -> str:
    """The setting's text. A single first key is written in the old form, without a number."""
    if len(keys) == 1 and keys[0].number == 1 and not keys[0].begins:
        return keys[0].secret
    return ",".join(key.entry for key in keys)


def writing_key(keys: tuple[Key, ...], at: float) -> Key:
    """The newest that has begun at this moment; the oldest before any has. keys: at least one."""
    return next((key for key in keys if key.begins <= at), keys[-1])


def read_carried(text: str) -> dict[str, bytes]:
    """What is kept of a first key that was dropped: `purpose=hex`, separated by commas. Raises ValueError."""
    return {purpose: bytes.fromhex(key) for purpose, _is, key in (entry.partition("=") for entry in text.split(",") if entry)}


def write_carried(carried: Mapping[str, bytes]) -> str:
    return ",".join(f"{purpose}={key.hex()}" for purpose, key in sorted(carried.items()))


def find_fault(keys: tuple[Key, ...]) -> str:
    """What is wrong with the list itself, in a few words; empty for nothing."""
    numbers = [key.number for key in keys]
    if len(set(numbers)) < len(numbers):
        return "names a key twice"
    if any(newer.begins < older.begins for newer, older in pairwise(keys)):
        return "has a key that begins before an older one"
    return ""
