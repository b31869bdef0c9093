"""Running a job once, trying it again, and finding what was lost."""

import json
from collections.abc import Callable
from contextvars import ContextVar
from datetime import timedelta
from typing import Any

from flask import current_app
from sqlalchemy import delete, or_, select, update

from app.core import clock
from app.core.db import bare_transaction, begin_writing, db, transaction
from app.core.jobs.models import Job, JobState
from app.core.jobs.queue import push
from app.core.logs import log
from app.core.settings import settings

MAX_ATTEMPTS = 5
LEASE = timedelta(minutes=15)  # a job that has run longer lost its process
REPEAT_PUSH = timedelta(minutes=2)  # what waits that long in the queue was lost, or nobody works

_here: ContextVar[int | None] = ContextVar("job", default=None)


def functions(app: Any) -> dict[str, Callable[..., object]]:
    found: dict[str, Callable[..., object]] = app.extensions.setdefault("job_functions", {})
    return found


def push_quietly(job_id: int) -> None:
    """A queue that cannot be reached loses nothing: the sweep asks again."""
    try:
        push(job_id, run_job)
    except Exception as error:
        log.warning("job_not_queued", job=job_id, reason=type(error).__name__)


def run_job(job_id: int) -> None:
    """Runs it if it is waiting and due; however often its id is delivered, one claim wins. Never raises."""
    job = _claim(job_id)
    if job is None:
        return
    name, arguments, attempts = job
    here = _here.set(job_id)
    try:
        functions(current_app)[name](**arguments)
    except Exception as error:
        db.session.rollback()
        log.exception("job_failed", job=job_id, name=name, attempt=attempts)
        _put_back(job_id, attempts, type(error).__name__)
    else:
        _finish(job_id)
    finally:
        _here.reset(here)
        db.session.remove()


def renew() -> None:
    """Work that takes longer than `LEASE` calls this now and then, outside any transaction, so that it does not count as lost."""
    job_id = _here.get()
    if job_id is None:
        return
    with bare_transaction() as connection:
        begin_writing(connection)
        connection.execute(update(Job).where(Job.id == job_id, Job.state == JobState.running).values(started_at=clock.now()))


@transaction()
def _claim(job_id: int) -> tuple[str, dict[str, Any], int] | None:
    now = clock.now()
    claimed = db.session.execute(
        update(Job)
        .where(Job.id == job_id, Job.state == JobState.waiting, Job.due_at <= now)
        .values(state=JobState.running, started_at=now, attempts=Job.attempts + 1)
    )
    if not claimed.rowcount:  # type: ignore[attr-defined]
        return None
    row = db.session.execute(select(Job.name, Job.arguments, Job.attempts).where(Job.id == job_id)).one()
    return row.name, json.loads(row.arguments), row.attempts


@transaction()
def _finish(job_id: int) -> None:
    db.session.execute(
        update(Job)
        .where(Job.id == job_id, Job.state == JobState.running)
        .values(state=JobState.done, finished_at=clock.now(), error="")
    )


@transaction()
def _put_back(job_id: int, attempts: int, error: str) -> None:
    now = clock.now()
    values: dict[str, Any] = {"state": JobState.failed, "finished_at": now, "error": error[:80]}
    if attempts < MAX_ATTEMPTS:
        values = {"state": JobState.waiting, "due_at": now + timedelta(minutes=2**attempts), "error": error[:80]}
    db.session.execute(update(Job).where(Job.id == job_id, Job.state == JobState.running).values(**values))


def sweep() -> None:
    """Brings back jobs whose process died, asks again for those the queue forgot, and clears away old rows."""
    for job_id in _list_forgotten():
        push_quietly(job_id)


@transaction()
def _list_forgotten() -> list[int]:
    now = clock.now()
    lost = (Job.state == JobState.running, Job.started_at < now - LEASE)
    db.session.execute(
        update(Job).where(*lost, Job.attempts >= MAX_ATTEMPTS).values(state=JobState.failed, finished_at=now, error="ProcessLost")
    )
    db.session.execute(update(Job).where(*lost).values(state=JobState.waiting, due_at=now))
    keep = timedelta(days=settings.job_keep_days)
    db.session.execute(delete(Job).where(Job.state.in_((JobState.done, JobState.failed)), Job.finished_at < now - keep))
    is_forgotten = or_(Job.queued_at < Job.due_at, Job.queued_at < now - REPEAT_PUSH)
    waiting = select(Job.id).where(Job.state == JobState.waiting, Job.due_at <= now, is_forgotten).order_by(Job.id).limit(1000)
    found = list(db.session.scalars(waiting))
    db.session.execute(update(Job).where(Job.id.in_(found)).values(queued_at=now))
    return found
