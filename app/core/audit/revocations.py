"""Acts that take something away from somebody are also written to the process's log, with ids only.

That log leaves the machine, so it outlives a lost database: after a restore the shipped lines say what was frozen, revoked,
disabled or suspended since the backup, and must be so again (`flask backup losses`).
"""

from collections.abc import Mapping
from enum import StrEnum

from flask import Flask, current_app

from app.core.db import after_commit
from app.core.logs import log

EVENT = "taken_away"


def tell_log(app: Flask, *tags: StrEnum) -> None:
    """From now on an audit row with one of these tags also writes a line to the log, once it is committed."""
    _told(app).update(tag.value for tag in tags)


def note_taken(row: Mapping[str, object], detail: Mapping[str, object]) -> None:
    """Inside the transaction that writes the row."""
    if row["tag"] not in _told(current_app):
        return
    facts = {name: value for name, value in detail.items() if name not in _OWN}
    line = {"audit": row["id"], "tag": row["tag"], "subject": row["subject"], "person": row["person_id"]}
    after_commit(lambda: log.info(EVENT, **facts, **line))


_OWN = frozenset({"audit", "tag", "subject", "person", "event", "level", "timestamp"})


def _told(app: Flask) -> set[str]:
    told: set[str] = app.extensions.setdefault("told_tags", set())
    return told
