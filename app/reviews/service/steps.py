"""Adds the steps of a case, and has the only function that changes its state."""

from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, update

from app.core import clock
from app.core.crypto import vault
from app.core.db import db
from app.core.settings import settings
from app.core.statements import won
from app.reviews.models import ReviewCase, ReviewStep, StepVerb
from app.reviews.queries import working_hours

NOTE_CHARS = 500


def move(case_id: int, *only_if: ColumnElement[bool], **values: Any) -> bool:
    """Changes a case with one conditional UPDATE; True if the conditions held. The session's copy of the case is read again."""
    has_moved = won(update(ReviewCase).where(ReviewCase.id == case_id, *only_if).values(**values))
    db.session.get(ReviewCase, case_id, populate_existing=True)
    return has_moved


def add_step(case: ReviewCase, verb: StepVerb, *, note: str = "", staff_id: int | None = None, is_final: bool = True) -> ReviewStep:
    """Adds a step. is_final: it is in effect at once; a decision that can be undone is not."""
    now = clock.now()
    step = ReviewStep(
        case_id=case.id,
        round=case.round,
        verb=verb,
        taken_at=now,
        staff_id=staff_id,
        note_encrypted=_seal(case.id, note),
        settled_at=now if is_final else None,
    )
    db.session.add(step)
    db.session.flush()
    return step


def due_from(moment: datetime) -> datetime:
    return working_hours().after(moment, settings.review_promise_hours)


def _seal(case_id: int, note: str) -> bytes | None:
    note = note.strip()[:NOTE_CHARS]
    return vault.encrypt("review-note", note.encode(), bound_to=f"case:{case_id}".encode()) if note else None
