"""What a restore ends, because nobody knows what became of it after the backup was made. Each feature ends what is its own.

Sessions, what phones show, tokens and codes may have been ended, used or refused after the backup; all of them end, and people who
are entitled to them get new ones (ADR 25). What was printed or sent to somebody stays valid and is counted.
"""

from dataclasses import dataclass, field

from app.core.hooks import Hook


@dataclass(slots=True)
class Ends:
    """Counts, by operators' words for them: `ended` are over, `open` are still valid but may have been used already."""

    ended: dict[str, int] = field(default_factory=dict)
    open: dict[str, int] = field(default_factory=dict)


on_restored: Hook[[], Ends] = Hook(
    "core.on_restored", "A backup has filled the database, in this transaction: what may have ended since it was made must end."
)


def end_all() -> Ends:
    """Inside the transaction that has filled the database."""
    total = Ends()
    for one in on_restored():
        total.ended |= one.ended
        total.open |= one.open
    return total
