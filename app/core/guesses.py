"""Guesses at a secret, counted in the database. Guesses at a code are counted on the code's row, all others by where they come
from, such as a device, a name at an address, or an account.

A guess is counted before anything is compared, so that sending many at once allows no more of them than sending them in turn; a
right guess is given back. By where they come from two counts are kept: since the last lock ended, and in a row since the last right
guess, which no lock resets (NIST 800-63B-4 3.2.2: at most 100 in a row).
"""

import hmac
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum

from sqlalchemy import ColumnElement, LargeBinary, String, case, delete, false, or_, select, update
from sqlalchemy.orm import Mapped, MappedAsDataclass, mapped_column

from app.core import clock
from app.core.db import Base, BigId, db, is_writing, transaction, upsert
from app.core.statements import changed, won, write


class OneTimeCode(MappedAsDataclass, kw_only=True):
    """A code that was handed out and is good once. code_hash: a keyed hash of the code and of whatever it is bound to."""

    id: Mapped[int] = mapped_column(BigId, primary_key=True, init=False)
    code_hash: Mapped[bytes] = mapped_column(LargeBinary(32))
    created_at: Mapped[datetime]
    guesses: Mapped[int] = mapped_column(default=0)
    used_at: Mapped[datetime | None] = mapped_column(default=None)


class Guess(Enum):
    right = "right"  # and the code is now used up
    wrong = "wrong"
    none = "none"  # no guess was left: the code is used up, was guessed at as often as allowed, or is too old


def guess(code: OneTimeCode, typed_hash: bytes, *, most: int, is_good: ColumnElement[bool] | None = None) -> Guess:
    """Takes one of `most` guesses, then compares; a right guess uses the code up. Inside the transaction of what the code allows.

    is_good: a further condition on the code's row. The row is read again after the guess was taken.
    """
    model = type(code)
    is_open = (model.id == code.id) & model.used_at.is_(None)
    may_be_tried = is_open & (model.guesses < most)
    is_taken = won(
        update(model).where(may_be_tried if is_good is None else may_be_tried & is_good).values(guesses=model.guesses + 1)
    )
    db.session.refresh(code)
    if not is_taken:
        return Guess.none
    if not hmac.compare_digest(code.code_hash, typed_hash):
        return Guess.wrong
    return Guess.right if won(update(model).where(is_open).values(used_at=clock.now())) else Guess.none


class Lockable(MappedAsDataclass, kw_only=True):
    """A row that locks after some wrong guesses. failures: wrong guesses since the last lock ended."""

    failures: Mapped[int] = mapped_column(default=0)
    locked_until: Mapped[datetime | None] = mapped_column(default=None)


Change = dict[str, ColumnElement[int] | ColumnElement[datetime | None]]


def one_more(
    model: type[Lockable], guesses: int, lock: timedelta, *, is_forgotten: ColumnElement[bool] | None = None
) -> tuple[ColumnElement[bool], Change]:
    """For a conditional UPDATE: the condition for taking a guess, and the values. Taking the last guess locks at once.

    is_forgotten: the condition under which the next guess counts as the first.
    """
    now = clock.now()
    jumped = model.locked_until > now + lock  # the lock was set while the clock was ahead
    is_over = or_(false() if is_forgotten is None else is_forgotten, model.locked_until <= now, jumped)
    failures = case((is_over, 1), else_=model.failures + 1)
    change: Change = {"failures": failures, "locked_until": case((failures >= guesses, now + lock), else_=None)}
    return or_(model.locked_until.is_(None), is_over), change


class GuessCounter(Lockable, Base):
    """How often a secret was guessed wrongly from one place, until that is forgotten.

    key: a keyed hash of what the guesses come from. subject: whose secret it is, as the audit log names it; empty: unknown.
    """

    __tablename__ = "guess_counter"

    kind: Mapped[str] = mapped_column(String(24), primary_key=True)
    key: Mapped[bytes] = mapped_column(LargeBinary(32), primary_key=True)
    forget_at: Mapped[datetime] = mapped_column(index=True)
    subject: Mapped[str] = mapped_column(String(40), default="", index=True)
    in_a_row: Mapped[int] = mapped_column(default=0)


@dataclass(frozen=True, slots=True)
class Rule:
    """guesses: how many until none is taken for `lock`. forgets: after that long without a guess the next counts as the first."""

    kind: str
    guesses: int
    lock: timedelta
    forgets: timedelta = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Counter:
    """subject: whose secret is guessed at here; empty when unknown, or when it is no one person's."""

    rule: Rule
    key: bytes
    subject: str = ""


@dataclass(frozen=True, slots=True)
class Count:
    """guesses_left: until it locks. locked_until: no guess is taken before then."""

    guesses_left: int
    in_a_row: int
    locked_until: datetime | None


class _Locked(Exception):
    def __init__(self, until: datetime) -> None:
        self.until = until


def take_guess(counters: Iterable[Counter]) -> datetime | None:
    """Returns None when the guess may be made, and has counted it in each counter. Otherwise returns until when one counter is
    locked, and has counted it in none.

    One conditional UPDATE per counter, for everybody in the same order. Taking the last guess locks at once.
    """
    if is_writing():
        raise RuntimeError("a guess is counted on its own: what it opens may be rolled back")
    try:
        with transaction():
            for counter in sorted(counters, key=lambda each: (each.rule.kind, each.key)):
                _take(counter)
    except _Locked as locked:
        return locked.until
    return None


@transaction()
def give_back(counters: Iterable[Counter]) -> None:
    """This guess does not count; earlier ones still do."""
    for counter in counters:
        write(
            update(GuessCounter)
            .where(_is(counter), GuessCounter.failures > 0)
            .values(failures=GuessCounter.failures - 1, in_a_row=GuessCounter.in_a_row - 1, locked_until=None)
        )


@transaction()
def clear(counters: Iterable[Counter]) -> None:
    """The guess was right: forgets all earlier ones."""
    for counter in counters:
        write(delete(GuessCounter).where(_is(counter)))


def count_of(counter: Counter) -> Count:
    """The state of the counter, after a wrong guess was taken."""
    row = db.session.execute(
        select(GuessCounter.failures, GuessCounter.in_a_row, GuessCounter.locked_until).where(_is(counter))
    ).first()
    failures, in_a_row, locked_until = row if row is not None else (0, 0, None)  # released meanwhile
    return Count(max(0, counter.rule.guesses - failures), in_a_row, locked_until)


@transaction()
def count_up(counter: Counter) -> Count:
    """Counts one more wrong guess, where guesses are taken and locked elsewhere."""
    _add(counter, locks=False)
    return count_of(counter)


@transaction()
def release(subject: str) -> int:
    """Lets this subject try again at once. Returns how many counters were deleted."""
    return changed(delete(GuessCounter).where(GuessCounter.subject == subject))


def list_locked(prefix: str) -> list[GuessCounter]:
    """Counters locked now whose subject begins with `prefix`, those locked longest first; at most two hundred."""
    return list(
        db.session.scalars(
            select(GuessCounter)
            .where(GuessCounter.subject.startswith(prefix), GuessCounter.locked_until > clock.now())
            .order_by(GuessCounter.locked_until.desc())
            .limit(200)
        )
    )


@transaction()
def expire() -> None:
    db.session.execute(delete(GuessCounter).where(GuessCounter.forget_at < clock.now()))


def _take(counter: Counter) -> None:
    if not _add(counter, locks=True):
        raise _Locked(db.session.scalar(select(GuessCounter.locked_until).where(_is(counter))) or clock.now())


def _add(counter: Counter, *, locks: bool) -> bool:
    """False when it is locked."""
    rule, now = counter.rule, clock.now()
    db.session.execute(
        upsert(GuessCounter)
        .values(kind=rule.kind, key=counter.key, forget_at=now, subject=counter.subject, failures=0, in_a_row=0)
        .on_conflict_do_nothing()
    )
    is_forgotten = GuessCounter.forget_at <= now
    may_be_taken, change = one_more(GuessCounter, rule.guesses, rule.lock, is_forgotten=is_forgotten)
    return won(
        update(GuessCounter)
        .where(_is(counter), may_be_taken)
        .values(
            **(change if locks else change | {"locked_until": None}),
            in_a_row=case((is_forgotten, 1), else_=GuessCounter.in_a_row + 1),
            forget_at=now + rule.forgets,
            subject=counter.subject,
        )
    )


def _is(counter: Counter) -> ColumnElement[bool]:
    return (GuessCounter.kind == counter.rule.kind) & (GuessCounter.key == counter.key)
