"""How a setting is declared: each function here makes one field of a dataclass, with its unit, bounds and meaning.

The meaning is one sentence for a bureau's administrator, in English and in Chinese; `flask config list` and docs/settings.md show
it. A numeric setting that accepts 0 says what 0 means. If a meaning names a standard or a section, its bounds come from there.
"""

from collections.abc import Callable, Mapping
from dataclasses import Field, dataclass, field, fields
from enum import StrEnum
from typing import Any, TypeVar

_KEY = "setting"
_Choice = TypeVar("_Choice", bound=StrEnum)


@dataclass(frozen=True, slots=True)
class Grammar:
    """reads: whether a text is well-formed. mend: how to write it, in words that follow "write it "."""

    reads: Callable[[str], bool]
    mend: str


@dataclass(frozen=True, slots=True)
class Setting:
    """low, high: inclusive. zero: what 0 means, if 0 is accepted. formerly: the variable's previous name, still read."""

    en: str
    zh: str
    unit: str = ""
    low: float | None = None
    high: float | None = None
    zero: str = ""
    zero_zh: str = ""
    grammar: Grammar | None = None
    group: str = ""  # the group of entry points, if the value names a plug-in
    own: tuple[str, ...] = ()  # plug-ins that come with this program
    is_secret: bool = False
    formerly: str = ""

    def takes(self, value: float) -> bool:
        if self.low is None or self.high is None:
            return True
        return bool(self.zero and value == 0) or self.low <= value <= self.high


def whole(
    default: int, low: int, high: int, unit: str, en: str, zh: str, *, zero: str = "", zero_zh: str = "", formerly: str = ""
) -> int:
    """A whole number from low to high; 0 is accepted too if `zero` says what it means."""
    setting = Setting(en, zh, unit=unit, low=low, high=high, zero=zero, zero_zh=zero_zh, formerly=formerly)
    return field(default=default, metadata={_KEY: setting})


def real(default: float, low: float, high: float, unit: str, en: str, zh: str, *, formerly: str = "") -> float:
    """A number from low to high, perhaps with decimals; low is above 0."""
    return field(default=default, metadata={_KEY: Setting(en, zh, unit=unit, low=low, high=high, formerly=formerly)})


def flag(en: str, zh: str, *, formerly: str = "") -> bool:
    """Off unless it is switched on by 1, true, yes or on."""
    return field(default=False, metadata={_KEY: Setting(en, zh, formerly=formerly)})


def text(default: str, en: str, zh: str, *, grammar: Grammar | None = None, formerly: str = "") -> str:
    """One line of text; `grammar` checks it unless it is empty."""
    return field(default=default, metadata={_KEY: Setting(en, zh, grammar=grammar, formerly=formerly)})


def choice(default: _Choice, en: str, zh: str, *, formerly: str = "") -> _Choice:
    """One of the members of the default's enum."""
    return field(default=default, metadata={_KEY: Setting(en, zh, formerly=formerly)})


def plugin(default: str, group: str, own: tuple[str, ...], en: str, zh: str, *, formerly: str = "") -> str:
    """The name of a plug-in: one of `own`, or an entry point of `group` in an installed package."""
    return field(default=default, metadata={_KEY: Setting(en, zh, group=group, own=own, formerly=formerly)})


def secret(en: str, zh: str, *, grammar: Grammar | None = None, formerly: str = "") -> str:
    """A text that is never shown: `flask config list` says only whether it is set."""
    return field(default="", repr=False, metadata={_KEY: Setting(en, zh, grammar=grammar, is_secret=True, formerly=formerly)})


def described(setting: Setting, factory: Callable[[], Any]) -> Any:
    """A field whose default is computed each time Settings are made."""
    return field(default_factory=factory, metadata={_KEY: setting})


def settings_of(cls: type) -> Mapping[str, tuple[Field[Any], Setting]]:
    """The fields of a dataclass that are settings, keyed by the name of their variable, in the order of declaration."""
    return {one.name.upper(): (one, one.metadata[_KEY]) for one in fields(cls) if _KEY in one.metadata}
