"""Running a job once, trying it again, and finding what was lost."""

import json
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from flask import current_app
from sqlalchemy import ColumnElement, delete, exists, or_, select, update

from app.core import clock, outages
from app.core.db import bare_transaction, begin_writing, db, let_go, roll_back, transaction
from app.core.jobs.models import Job, JobState, JobWorker
from app.core.jobs.process import process_name
from app.core.jobs.queue import push
from app.core.settings import settings
from app.core.statements import won, write

MAX_ATTEMPTS = 5  # fixed: what failed five times is shown to the operator, who can ask for it again
LEASE = timedelta(minutes=15)  # fixed: a job that has run longer is stuck, though its process lives
GONE_AFTER = timedelta(seconds=60)  # fixed: three heartbeats that did not come: its process is gone
REPEAT_PUSH = timedelta(minutes=2)  # fixed: what waits that long in the queue was lost, or nobody works


@dataclass(frozen=True)
class _Claim:
    """A job as one process has it: another claim of the same job has another attempt."""

    job_id: int
    runner: str
    attempt: int
    name: str
    arguments: dict[str, Any]

    def still_holds(self) -> tuple[ColumnElement[bool], ...]:
        return (Job.id == self.job_id, Job.state == JobState.running, Job.runner == self.runner, Job.attempts == self.attempt)


_here: ContextVar[_Claim | None] = ContextVar("job", default=None)
_held: Counter[int] = Counter()  # the ids this process is at, however often they were delivered
_counting = threading.Lock()


def functions(app: Any) -> dict[str, Callable[..., object]]:
    found: dict[str, Callable[..., object]] = app.extensions.setdefault("job_functions", {})
    return found


def push_quietly(job_id: int) -> None:
    """A queue that cannot be reached loses nothing: the sweep asks again."""
    try:
        push(job_id, run_job)
    except Exception as error:
        outages.note("job_not_queued", error, job=job_id)


def run_job(job_id: int) -> None:
    """Runs it if it is waiting and due; however often its id is delivered, one claim wins. Never raises."""
    with _in_hand(job_id):
        try:
            _run(job_id)
        except Exception as error:  # the row says running; `give_back` puts that right
            outages.note("job_not_settled", error, job=job_id)
        finally:
            let_go()


def _run(job_id: int) -> None:
    claim = _claim(job_id)
    if claim is None:
        return
    here = _here.set(claim)
    try:
        functions(current_app)[claim.name](**claim.arguments)
    except Exception as error:
        roll_back()
        outages.note("job_failed", error, job=job_id, name=claim.name, attempt=claim.attempt)
        _put_back(claim, type(error).__name__)
    else:
        _finish(claim)
    finally:
        _here.reset(here)


def renew() -> None:
    """Work that takes longer than `LEASE` calls this now and then, outside any transaction, so that it does not count as lost."""
    claim = _here.get()
    if claim is None:
        return
    with bare_transaction() as connection:
        begin_writing(connection)
        connection.execute(update(Job).where(*claim.still_holds()).values(started_at=clock.now()))


@transaction()
def _claim(job_id: int) -> _Claim | None:
    now, runner = clock.now(), process_name()
    if not won(
        update(Job)
        .where(Job.id == job_id, Job.state == JobState.waiting, Job.due_at <= now)
        .values(state=JobState.running, started_at=now, attempts=Job.attempts + 1, runner=runner)
    ):
        return None
    row = db.session.execute(select(Job.name, Job.arguments, Job.attempts).where(Job.id == job_id)).one()
    return _Claim(job_id, runner, row.attempts, row.name, json.loads(row.arguments))


@transaction()
def _finish(claim: _Claim) -> None:
    """Nothing when another process has taken it over meanwhile: of two that did it, one settles it."""
    db.session.execute(update(Job).where(*claim.still_holds()).values(state=JobState.done, finished_at=clock.now(), error=""))


@transaction()
def _put_back(claim: _Claim, error: str) -> None:
    now = clock.now()
    values: dict[str, Any] = {"state": JobState.failed, "finished_at": now, "error": error[:80]}
    if claim.attempt < MAX_ATTEMPTS:
        values = {"state": JobState.waiting, "due_at": now + timedelta(minutes=2**claim.attempt), "error": error[:80]}
    db.session.execute(update(Job).where(*claim.still_holds()).values(**values))


@transaction()
def give_back() -> None:
    """What this process no longer has in hand though its row says so: it could not be settled while the database was away."""
    with _counting:
        held = set(_held)
    _bring_back(Job.runner == process_name(), Job.id.not_in(held))


def sweep() -> None:
    """Brings back jobs whose process died, asks again for those the queue forgot, and clears away old rows."""
    for job_id in _take_forgotten():
        push_quietly(job_id)


@transaction()
def _take_forgotten() -> list[int]:
    now = clock.now()
    _bring_back(Job.started_at < now - LEASE)
    if not outages.failed_within(outages.DATABASE, GONE_AFTER.total_seconds()):  # else nobody could say that they live
        is_seen = exists().where(JobWorker.name == Job.runner, JobWorker.seen_at >= now - GONE_AFTER)
        _bring_back(Job.runner != "", Job.started_at < now - GONE_AFTER, ~is_seen)
    keep = timedelta(days=settings.job_keep_days)
    db.session.execute(delete(Job).where(Job.state.in_((JobState.done, JobState.failed)), Job.finished_at < now - keep))
    is_forgotten = or_(Job.queued_at < Job.due_at, Job.queued_at < now - REPEAT_PUSH)
    waiting = select(Job.id).where(Job.state == JobState.waiting, Job.due_at <= now, is_forgotten).order_by(Job.id).limit(1000)
    found = list(db.session.scalars(waiting))
    db.session.execute(update(Job).where(Job.id.in_(found)).values(queued_at=now))
    return found


def _bring_back(*lost: ColumnElement[bool]) -> None:
    """Jobs that count as running and are not: they wait again, or were tried often enough."""
    now = clock.now()
    running = (Job.state == JobState.running, *lost)
    given_up = update(Job).where(*running, Job.attempts >= MAX_ATTEMPTS)
    again = update(Job).where(*running)
    for statement in (
        given_up.values(state=JobState.failed, finished_at=now, error="ProcessLost"),
        again.values(state=JobState.waiting, due_at=now),
    ):
        write(statement)


@contextmanager
def _in_hand(job_id: int) -> Iterator[None]:
    with _counting:
        _held[job_id] += 1
    try:
        yield
    finally:
        with _counting:
            _held[job_id] -= 1
            if not _held[job_id]:
                del _held[job_id]
