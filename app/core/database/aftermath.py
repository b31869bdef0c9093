"""What a restore ends, because nobody knows what became of it after the backup was made. Features say what is theirs.

Sessions, what phones show, tokens and codes may have been ended, used or refused in the time that is lost; all of them end, and
whoever has the right to them gets new ones (ADR 25). What is printed or was sent to somebody stays good and is counted.
"""

from collections.abc import Callable
from dataclasses import dataclass, field

from flask import Flask, current_app

from app.core.flask_types import itself


@dataclass(slots=True)
class Ends:
    """How many of what, in an operator's words: `ended` are over, `open` are still good and may have been used before."""

    ended: dict[str, int] = field(default_factory=dict)
    open: dict[str, int] = field(default_factory=dict)


def on_restored(app: Flask, end: Callable[[], Ends]) -> None:
    """`end()` runs in the transaction that fills the database, once all rows are there."""
    _known(app).append(end)


def end_all() -> Ends:
    """Inside that transaction."""
    total = Ends()
    for end in _known(itself(current_app)):
        one = end()
        total.ended |= one.ended
        total.open |= one.open
    return total


def _known(app: Flask) -> list[Callable[[], Ends]]:
    known: list[Callable[[], Ends]] = app.extensions.setdefault("on_restored", [])
    return known
