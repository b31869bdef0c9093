"""What an act is called in the audit log: the word that rows store, and the sentences in which people read it.

A feature's tags are in its `audit_tags.py`, one enum for each of its subjects. Stored words never change.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import ClassVar

from flask_babel import LazyString


@dataclass(frozen=True, slots=True)
class Words:
    """sentence: for the auditor, shown beside the actor. own: for the person it is about, None when it means nothing to them.

    group: where the auditor finds it, if not with the others of its enum. is_alarm: the bureau has to act on it.
    """

    sentence: LazyString
    own: LazyString | None
    group: str
    is_alarm: bool


class AuditTag(StrEnum):
    """A feature's acts: `class MutualAidTag(AuditTag, group="family")`.

    group: of `oversight.words.Group`. nouns: words for the kinds of row that the feature names in the log (`audit_kind:id`).
    outcomes: words for those of its outcomes that no lower feature has words for.
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
    """A member of an `AuditTag`; for the arguments see `Words`."""
    return value, Words(sentence, own, group, is_alarm)


def list_tags() -> list[AuditTag]:
    """The tags of every installed feature, found through the enums, so that nobody has to keep a list."""
    return [one for kind in AuditTag.__subclasses__() for one in kind]


def find_tag(value: str) -> AuditTag | None:
    """None for a word of another version of this software."""
    return next((kind(value) for kind in AuditTag.__subclasses__() if value in kind._value2member_map_), None)


def find_noun(kind: str) -> LazyString | None:
    """The word for what `kind:id` names."""
    return next((tags.nouns[kind] for tags in AuditTag.__subclasses__() if kind in tags.nouns), None)


def find_outcome(value: str) -> LazyString | None:
    return next((tags.outcomes[value] for tags in AuditTag.__subclasses__() if value in tags.outcomes), None)
