"""The audit of wrong guesses at sign-in, and the periodic deletion of their counters."""

from datetime import timedelta

from sqlalchemy import delete

from app.core import audit, clock, guesses
from app.core.db import db, transaction
from app.core.sessions import drop_sessions
from app.core.settings import settings
from app.sign_in.service import Attempt, SignInState, forget_old_browsers
from app.staff.audit_tags import StaffTag
from app.staff.models import StaffAttempt, StaffSession


def note_wrong(attempt: Attempt, tag: StaffTag) -> SignInState:
    """Audits a wrong guess. Called inside the transaction that refuses it."""
    state = attempt.state()
    who = attempt.subject or "staff:unknown"
    audit.record(tag, actor=who, subject=who, outcome="refused", failures=settings.staff_guesses - state.guesses_left)
    if state.locked_until is not None:
        audit.record(StaffTag.locked, actor=who, subject=who)
    return state


@transaction()
def release(subject: str, *, by: str) -> None:
    """A member or an operator may try again at once."""
    if guesses.release(subject):
        audit.record(StaffTag.released, actor=by, subject=subject)


@transaction()
def expire() -> None:
    """Deletes old counters, unused browsers, and sessions that ended `staff_session_keep_days` ago; the audit log keeps them."""
    now = clock.now()
    guesses.expire()
    forget_old_browsers()
    db.session.execute(delete(StaffAttempt).where(StaffAttempt.tried_at < now - timedelta(days=1)))
    drop_sessions(StaffSession, settings.staff_session_keep_days)
