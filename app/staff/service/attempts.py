"""Wrong guesses are counted in the database, by the name that was typed (contract 1: five, then 15 minutes)."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import case, delete, or_, select, update

from app.core import audit, clock
from app.core.db import db, transaction, upsert
from app.core.settings import settings
from app.staff.models import StaffAttempt, StaffSession, StaffTag

SESSIONS_KEPT = timedelta(days=7)


@dataclass(frozen=True)
class SignInState:
    """ok: the guess was right. locked_until: no guess is taken before then. guesses_left: before it locks."""

    ok: bool
    locked_until: datetime | None = None
    guesses_left: int = 0


@transaction()
def take_guess(name_hash: bytes) -> SignInState | None:
    """One conditional UPDATE before anything is looked at, so that guesses sent at once are not more than those sent in turn.

    None when the guess may be made; the last one locks already when it is taken, and being right gives it back.
    """
    now = clock.now()
    db.session.execute(upsert(StaffAttempt).values(name_hash=name_hash, tried_at=now, failures=0).on_conflict_do_nothing())
    is_over = StaffAttempt.locked_until <= now
    failures = case((is_over, 1), else_=StaffAttempt.failures + 1)
    taken = db.session.execute(
        update(StaffAttempt)
        .where(StaffAttempt.name_hash == name_hash, or_(StaffAttempt.locked_until.is_(None), is_over))
        .values(
            failures=failures,
            tried_at=now,
            locked_until=case(
                (failures >= settings.staff_guesses, now + timedelta(minutes=settings.staff_lock_minutes)), else_=None
            ),
        )
        .execution_options(synchronize_session=False)
    )
    if taken.rowcount == 1:  # type: ignore[attr-defined]
        return None
    return SignInState(ok=False, locked_until=_find(name_hash)[1])


def give_back(name_hash: bytes) -> None:
    """The password was right: this guess does not count, earlier ones still do until the second factor is right too."""
    db.session.execute(
        update(StaffAttempt)
        .where(StaffAttempt.name_hash == name_hash, StaffAttempt.failures > 0)
        .values(failures=StaffAttempt.failures - 1, locked_until=None)
        .execution_options(synchronize_session=False)
    )


def clear(name_hash: bytes) -> None:
    """Both factors were right."""
    db.session.execute(delete(StaffAttempt).where(StaffAttempt.name_hash == name_hash))


def note_wrong(name_hash: bytes, tag: StaffTag, *, staff_id: int | None) -> SignInState:
    """Inside the transaction that refuses. staff_id: whose name it is, if anybody's."""
    state = state_of(name_hash)
    who = f"staff:{staff_id}" if staff_id is not None else "staff:unknown"
    audit.record(tag, actor=who, subject=who, outcome="refused", failures=settings.staff_guesses - state.guesses_left)
    if state.locked_until is not None:
        audit.record(StaffTag.locked, actor=who, subject=who)
    return state


def state_of(name_hash: bytes) -> SignInState:
    """After a wrong guess that was taken."""
    failures, locked_until = _find(name_hash)
    return SignInState(ok=False, locked_until=locked_until, guesses_left=max(0, settings.staff_guesses - failures))


@transaction()
def expire() -> None:
    """Names nobody tried for a day, and sessions over for a week: the audit log remembers them."""
    now = clock.now()
    db.session.execute(delete(StaffAttempt).where(StaffAttempt.tried_at < now - timedelta(days=1)))
    db.session.execute(delete(StaffSession).where(StaffSession.created_at < now - SESSIONS_KEPT))


def _find(name_hash: bytes) -> tuple[int, datetime | None]:
    row = db.session.execute(
        select(StaffAttempt.failures, StaffAttempt.locked_until).where(StaffAttempt.name_hash == name_hash)
    ).first()
    return (row.failures, row.locked_until) if row else (0, None)  # none: somebody was right at the same moment
