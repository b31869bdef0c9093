"""What a restore ends, because nobody knows what became of it after the backup was made. Features say what is theirs.

Sessions, what phones show, tokens and codes may have been ended, used or refused in the time that is lost; all of them end, and
whoever has the right to them gets new ones (ADR 25). What is printed or was sent to somebody stays good and is counted.
"""

from dataclasses import dataclass, field

from app.core.hooks import Hook


@dataclass(slots=True)
class Ends:
    """How many of what, in an operator's words: `ended` are over, `open` are still good and may have been used before."""

    ended: dict[str, int] = field(default_factory=dict)
    open: dict[str, int] = field(default_factory=dict)


on_restored: Hook[[], Ends] = Hook(
    "core.on_restored", "A backup has filled the database, in this transaction: what may have ended since it was made must end."
)


def end_all() -> Ends:
    """Inside that transaction."""
    total = Ends()
    for one in on_restored():
        total.ended |= one.ended
        total.open |= one.open
    return total
