"""What an act is called in the audit log: the word that rows store, and beside it the sentences that say it.

A feature's tags stand in its `audit_tags.py`, one enum for what it speaks of. Stored words never change.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import ClassVar

from flask_babel import LazyString


@dataclass(frozen=True, slots=True)
class Words:
    """sentence: for the auditor; who did it stands beside it. own: for the person it is about, None when it says nothing to them.

    group: where the auditor looks for it, when not where the others of its enum are. is_alarm: a bureau has to act on it.
    """

    sentence: LazyString
    own: LazyString | None
    group: str
    is_alarm: bool


class AuditTag(StrEnum):
    """A feature's acts: `class MutualAidTag(AuditTag, group="family")`.

    group: of `oversight.words.Group`. nouns: what the kinds are called that the feature names in the log (`audit_kind:id`).
    outcomes: words for those of its outcomes that nobody below has said.
    """

    _value_: str
    words: Words
    usual_group: ClassVar[str]
    nouns: ClassVar[Mapping[str, LazyString]]
    outcomes: ClassVar[Mapping[str, LazyString]]

    def __new__(cls, value: str, words: Words | None = None) -> "AuditTag":
        if words is None:
            raise TypeError(f"{value} has no sentence: write it with `tag`")
        made = str.__new__(cls, value)
        made._value_, made.words = value, words
        return made

    def __init_subclass__(
        cls, *, group: str, nouns: Mapping[str, LazyString] | None = None, outcomes: Mapping[str, LazyString] | None = None
    ) -> None:
        super().__init_subclass__()
        cls.usual_group, cls.nouns, cls.outcomes = group, nouns or {}, outcomes or {}

    @property
    def group(self) -> str:
        return self.words.group or self.usual_group


def tag(
    value: str, sentence: LazyString, *, own: LazyString | None = None, group: str = "", is_alarm: bool = False
) -> tuple[str, Words]:
    """A member of an `AuditTag`; what the arguments say: `Words`."""
    return value, Words(sentence, own, group, is_alarm)


def list_tags() -> list[AuditTag]:
    """Of every feature that is installed: found among the enums, for nobody keeps a list."""
    return [one for kind in AuditTag.__subclasses__() for one in kind]


def find_tag(value: str) -> AuditTag | None:
    """None for a word of another version of this software."""
    return next((kind(value) for kind in AuditTag.__subclasses__() if value in kind._value2member_map_), None)


def find_noun(kind: str) -> LazyString | None:
    """What `kind:id` names."""
    return next((tags.nouns[kind] for tags in AuditTag.__subclasses__() if kind in tags.nouns), None)


def find_outcome(value: str) -> LazyString | None:
    return next((tags.outcomes[value] for tags in AuditTag.__subclasses__() if value in tags.outcomes), None)
