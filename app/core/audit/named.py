"""How the audit log names rows: `kind:id`, such as `account:12`. Stored rows hold these words, so that a kind never changes."""

import getpass
from typing import TYPE_CHECKING, ClassVar

from sqlalchemy.orm import Mapped


class Named:
    """A model whose rows the log names, also where only the key is at hand, or where it has a column `subject` of its own."""

    audit_kind: ClassVar[str]

    @classmethod
    def subject_of(cls, key: int | str) -> str:
        return f"{cls.audit_kind}:{key}"

    @classmethod
    def key_in(cls, named: str) -> int | None:
        """The number of the row that is named so; None when it is of another kind, or names no row by a number."""
        kind, _colon, key = named.partition(":")
        return int(key) if kind == cls.audit_kind and key.isascii() and key.isdecimal() else None


class Subject(Named):
    """Something that is acted upon."""

    if TYPE_CHECKING:
        id: Mapped[int]

    @property
    def subject(self) -> str:
        return self.subject_of(self.id)


class Actor(Subject):
    """Somebody or something that acts, and is acted upon too."""

    @classmethod
    def actor_of(cls, key: int | str) -> str:
        return cls.subject_of(key)

    @property
    def actor(self) -> str:
        return self.actor_of(self.id)


def cli_actor() -> str:
    """Whoever typed the operator's command, by the name the machine knows them by."""
    return f"cli:{getpass.getuser()}"[:64]
