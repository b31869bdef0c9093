"""The registry of jobs, and asking for one."""

import json
from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Any

from flask import Flask, current_app
from sqlalchemy import delete, exists, select

from app.core import background, clock
from app.core.db import after_commit, db, is_writing, transaction
from app.core.jobs.models import Job, JobState
from app.core.jobs.running import begin, functions


def register(app: Flask, name: str, fn: Callable[..., object]) -> None:
    """fn gets the ids that `enqueue` was given. It runs in an app context, outside any transaction, and may run twice."""
    functions(app)[name] = fn


def enqueue(name: str, **ids: int | str) -> None:
    """Asks for `name` to be run once the surrounding transaction has committed; a rollback takes the request back.

    ids: keys of rows, never their content. Raises KeyError for an unknown name, RuntimeError outside a transaction.
    """
    job_id = _write(name, ids, timedelta())
    after_commit(lambda: begin(job_id))


def enqueue_late(name: str, wait: timedelta, **ids: int | str) -> int:
    """As `enqueue`, but nobody begins before `wait` is over: for work that this process expects to have done itself by then.

    Returns the id of the job, for `withdraw`.
    """
    return _write(name, ids, wait)


def withdraw(job_id: int) -> None:
    """Takes back a job because the work was done another way; one that has begun goes on. Inside a transaction."""
    db.session.execute(delete(Job).where(Job.id == job_id, Job.state == JobState.waiting))


def _write(name: str, ids: Mapping[str, int | str], wait: timedelta) -> int:
    if not is_writing():
        raise RuntimeError("a job is asked for in the transaction that makes it necessary")
    app: Any = current_app
    if name not in functions(app):
        raise KeyError(name)
    now = clock.now()
    job = Job(name=name, arguments=json.dumps(ids), state=JobState.waiting, created_at=now, due_at=now + wait, queued_at=now)
    db.session.add(job)
    db.session.flush()
    return job.id


def every(app: Flask, name: str, every_seconds: float, fn: Callable[[], object]) -> None:
    """Registers `name` and has the elected process ask for it that often, unless it is still waiting or running."""
    register(app, name, fn)
    background.register(app, f"jobs.{name}", every_seconds, lambda: _enqueue_unless_open(name))


def enqueue_once(name: str) -> None:
    """As `enqueue`, unless a job of this name is waiting already: it will see this change too."""
    if not db.session.scalar(select(exists().where(Job.name == name, Job.state == JobState.waiting))):
        enqueue(name)


@transaction()
def _enqueue_unless_open(name: str) -> None:
    open_states = (JobState.waiting, JobState.running)
    if not db.session.scalar(select(exists().where(Job.name == name, Job.state.in_(open_states)))):
        enqueue(name)
