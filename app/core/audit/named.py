"""How the audit log names rows: `kind:id`, such as `account:12`. Stored rows hold these words, so a kind never changes."""

import getpass
from typing import TYPE_CHECKING, ClassVar

from sqlalchemy.orm import Mapped


class Named:
    """A model whose rows the log names. Works where only the key is at hand, and for a model that has its own column `subject`."""

    audit_kind: ClassVar[str]

    @classmethod
    def subject_of(cls, key: int | str) -> str:
        return f"{cls.audit_kind}:{key}"

    @classmethod
    def key_in(cls, named: str) -> int | None:
        """The key of the row with this name; None when the name is of another kind or has no number."""
        kind, _colon, key = named.partition(":")
        return int(key) if kind == cls.audit_kind and key.isascii() and key.isdecimal() else None


class Subject(Named):
    """A model that can be acted upon."""

    if TYPE_CHECKING:
        id: Mapped[int]

    @property
    def subject(self) -> str:
        return self.subject_of(self.id)


class Actor(Subject):
    """A model that can act, and be acted upon too."""

    @classmethod
    def actor_of(cls, key: int | str) -> str:
        return cls.subject_of(key)

    @property
    def actor(self) -> str:
        return self.actor_of(self.id)


def cli_actor() -> str:
    """The operator who typed a command, by the user name on this machine."""
    return f"cli:{getpass.getuser()}"[:64]
