"""Taking a job and running it once, retrying it, and finding jobs that got lost."""

import json
import threading
from collections.abc import Callable
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from flask import Flask, current_app
from sqlalchemy import ColumnElement, delete, exists, select, update

from app.config import JobRunner
from app.core import clock, outages
from app.core.db import bare_transaction, begin_writing, db, let_go, roll_back, transaction
from app.core.flask_types import itself
from app.core.jobs.models import Job, JobState, JobWorker
from app.core.jobs.process import process_name
from app.core.settings import settings
from app.core.statements import won, write

MAX_ATTEMPTS = 5  # fixed: a job that failed five times is shown to the operator, who can ask for it again
LEASE = timedelta(minutes=15)  # fixed: a job that has run longer counts as stuck, even if its process is alive
GONE_AFTER = timedelta(seconds=60)  # fixed: after three missed heartbeats a process counts as gone


@dataclass(frozen=True)
class _Claim:
    """A job that one process has taken. Another claim of the same job has another attempt number."""

    job_id: int
    runner: str
    attempt: int
    name: str
    arguments: str  # JSON object of ids

    def still_holds(self) -> tuple[ColumnElement[bool], ...]:
        return (Job.id == self.job_id, Job.state == JobState.running, Job.runner == self.runner, Job.attempts == self.attempt)


_here: ContextVar[_Claim | None] = ContextVar("job", default=None)
_held: set[_Claim] = set()  # the jobs this process is running
_holding = threading.Lock()


def functions(app: Any) -> dict[str, Callable[..., object]]:
    found: dict[str, Callable[..., object]] = app.extensions.setdefault("job_functions", {})
    return found


def wake_of(app: Flask) -> threading.Event:
    """Set when this process has asked for a job, so that its own workers, if it has any, look at once."""
    found: threading.Event = app.extensions.setdefault("job_wake", threading.Event())
    return found


def begin(job_id: int) -> None:
    """Called as soon as a job is committed: with the runner `immediate` (tests) it is run here, otherwise a worker finds it."""
    app = itself(current_app)
    if settings.runs_jobs == JobRunner.immediate:
        with app.app_context():
            run_job(job_id)
    else:
        wake_of(app).set()


def run_job(job_id: int) -> bool:
    """Runs the job here if it is waiting and due; of several callers one gets it. Never raises. Returns whether it was run."""
    return _take_and_run(Job.id == job_id)


def run_next() -> bool:
    """Runs the job that has been due longest, if nobody else takes it. Never raises. Returns whether one was run."""
    return _take_and_run()


def _take_and_run(*which: ColumnElement[bool]) -> bool:
    claim = None
    try:
        claim = _take(*which)
        if claim is not None:
            _run(claim)
        return claim is not None
    except Exception as error:  # if it was claimed, its row still says running; `give_back` corrects that
        outages.note("job_not_settled", error, job=claim and claim.job_id)
        return False
    finally:
        let_go()


def _take(*which: ColumnElement[bool]) -> _Claim | None:
    """Reads first: a worker that looks every second and finds nothing to do takes no write lock."""
    is_due = (Job.state == JobState.waiting, Job.due_at <= clock.now(), *which)
    if not db.session.scalar(select(exists().where(*is_due))):
        return None
    with _holding:  # `give_back` sees a claim in the row and in `_held`, or in neither
        claim = _claim(*is_due)
        if claim is not None:
            _held.add(claim)
        return claim


@transaction()
def _claim(*is_due: ColumnElement[bool]) -> _Claim | None:
    """On PostgreSQL a worker skips rows that another worker has locked; SQLite has one writer and ignores the clause."""
    found = select(Job.id, Job.name, Job.arguments, Job.attempts).where(*is_due).order_by(Job.due_at, Job.id).limit(1)
    row = db.session.execute(found.with_for_update(skip_locked=True)).first()
    if row is None:
        return None
    runner, attempt = process_name(), row.attempts + 1
    is_ours = update(Job).where(Job.id == row.id, Job.state == JobState.waiting)
    if not won(is_ours.values(state=JobState.running, started_at=clock.now(), attempts=attempt, runner=runner)):
        return None
    return _Claim(row.id, runner, attempt, row.name, row.arguments)


def _run(claim: _Claim) -> None:
    here = _here.set(claim)
    try:
        functions(current_app)[claim.name](**json.loads(claim.arguments))
    except Exception as error:
        roll_back()
        outages.note("job_failed", error, job=claim.job_id, name=claim.name, attempt=claim.attempt)
        _put_back(claim, type(error).__name__)
    else:
        _finish(claim)
    finally:
        _here.reset(here)
        with _holding:
            _held.discard(claim)


def renew() -> None:
    """A job that may take longer than `LEASE` calls this now and then, outside any transaction, so as not to count as lost."""
    claim = _here.get()
    if claim is None:
        return
    with bare_transaction() as connection:
        begin_writing(connection)
        connection.execute(update(Job).where(*claim.still_holds()).values(started_at=clock.now()))


@transaction()
def _finish(claim: _Claim) -> None:
    """Does nothing if another process has taken the job over meanwhile: of two that did the work, one records it as done."""
    db.session.execute(update(Job).where(*claim.still_holds()).values(state=JobState.done, finished_at=clock.now(), error=""))


@transaction()
def _put_back(claim: _Claim, error: str) -> None:
    now = clock.now()
    values: dict[str, Any] = {"state": JobState.failed, "finished_at": now, "error": error[:80]}
    if claim.attempt < MAX_ATTEMPTS:
        values = {"state": JobState.waiting, "due_at": now + timedelta(minutes=2**claim.attempt), "error": error[:80]}
    db.session.execute(update(Job).where(*claim.still_holds()).values(**values))


def give_back() -> None:
    """Returns to the queue what this process no longer runs though the row says so: the database was away when the job ended."""
    with _holding, transaction():
        _bring_back(Job.runner == process_name(), Job.id.not_in({claim.job_id for claim in _held}))


def sweep() -> None:
    """Brings back jobs whose process died and deletes old rows. With the runner `immediate` it also runs the jobs that are due."""
    _bring_back_lost()
    app = itself(current_app)
    if settings.runs_jobs == JobRunner.immediate:
        with app.app_context():
            while run_next():
                pass
    else:
        wake_of(app).set()


@transaction()
def _bring_back_lost() -> None:
    now = clock.now()
    _bring_back(Job.started_at < now - LEASE)
    if not outages.failed_within(outages.DATABASE, GONE_AFTER.total_seconds()):  # else no process could write its heartbeat
        is_seen = exists().where(JobWorker.name == Job.runner, JobWorker.seen_at >= now - GONE_AFTER)
        _bring_back(Job.runner != "", Job.started_at < now - GONE_AFTER, ~is_seen)
    keep = timedelta(days=settings.job_keep_days)
    db.session.execute(delete(Job).where(Job.state.in_((JobState.done, JobState.failed)), Job.finished_at < now - keep))


def _bring_back(*lost: ColumnElement[bool]) -> None:
    """For jobs marked as running that are not: they wait again, or fail if they were tried often enough."""
    now = clock.now()
    running = (Job.state == JobState.running, *lost)
    given_up = update(Job).where(*running, Job.attempts >= MAX_ATTEMPTS)
    again = update(Job).where(*running)
    for statement in (
        given_up.values(state=JobState.failed, finished_at=now, error="ProcessLost"),
        again.values(state=JobState.waiting, due_at=now),
    ):
        write(statement)
