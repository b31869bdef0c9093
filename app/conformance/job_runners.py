"""What is required of a job runner other than our own: a thread, a process, a timer of the system."""

import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta

from flask import Flask
from sqlalchemy import select

from app.conformance.trying import list_faults
from app.core import clock
from app.core.db import db, is_writing, transaction
from app.core.jobs import Job, JobState, enqueue, enqueue_late, register

NOTE, BREAK = "conformance.note", "conformance.break"
AT_ONCE = 4  # fixed: runners that begin at the same moment


@dataclass(frozen=True, kw_only=True)
class JobRunnerTrial:
    """A job runner. app: on a database of its own, with a value of JOB_RUNNER under which nothing else takes jobs.

    run_due: lets the runner work until nothing is due any more. It is called in an app context, also from several threads.
    """

    app: Flask
    run_due: Callable[[], None]


def list_job_runner_faults(trial: JobRunnerTrial) -> list[str]:
    return list_faults(trial, (_runs_what_is_committed, _waits_until_it_is_due, _survives_a_fault, _runs_once))


def _noted(trial: JobRunnerTrial) -> list[tuple[int, bool]]:
    """Collects what the job is given from now on, and whether a transaction was open around it."""
    noted: list[tuple[int, bool]] = []
    register(trial.app, NOTE, lambda number: noted.append((number, is_writing())))
    return noted


def _ask(name: str, **ids: int) -> int:
    """Enqueues a job, due at once, and returns its id. By `enqueue_late`: what `enqueue` does after a commit is not under test."""
    with transaction():
        return enqueue_late(name, timedelta(), **ids)


def _state_of(job_id: int) -> Job:
    db.session.rollback()
    return db.session.scalars(select(Job).where(Job.id == job_id)).one()


def _runs_what_is_committed(trial: JobRunnerTrial) -> Iterator[str]:
    """What was committed is run once and with its ids; what was taken back never is."""
    noted = _noted(trial)
    job_id = _ask(NOTE, number=7)
    try:
        with transaction():
            enqueue(NOTE, number=8)
            raise _TakenBack
    except _TakenBack:
        pass
    trial.run_due()
    trial.run_due()
    if [number for number, _ in noted] != [7]:
        yield f"the one job that was committed must be run once and with its ids, and these were run: {[n for n, _ in noted]!r}"
    if any(writing for _, writing in noted):
        yield "a job must be run outside any transaction, and one was open"
    if _state_of(job_id).state is not JobState.done:
        yield f"a job that was run must be `done`, and is `{_state_of(job_id).state.value}`"


def _waits_until_it_is_due(trial: JobRunnerTrial) -> Iterator[str]:
    """What is not due yet waits."""
    noted = _noted(trial)
    with transaction():
        enqueue_late(NOTE, timedelta(hours=1), number=9)
    trial.run_due()
    if noted:
        yield "a job must wait until it is due, and was run an hour before"


def _survives_a_fault(trial: JobRunnerTrial) -> Iterator[str]:
    """A job that raises is tried again later and keeps nobody back."""
    noted = _noted(trial)
    register(trial.app, BREAK, _break)
    broken = _ask(BREAK)
    _ask(NOTE, number=10)
    trial.run_due()
    if [number for number, _ in noted] != [10]:
        yield "a job after one that raised must be run all the same, and was not"
    job = _state_of(broken)
    if job.state is not JobState.waiting or job.attempts != 1 or job.due_at <= clock.now():
        yield f"a job that raised must wait for its next try, and is `{job.state.value}` after {job.attempts} tries"


def _runs_once(trial: JobRunnerTrial) -> Iterator[str]:
    """Of several runners at once one gets a job."""
    noted = _noted(trial)
    wanted = [_ask(NOTE, number=number) and number for number in range(100, 110)]
    start = threading.Barrier(AT_ONCE)
    raised: list[str] = []

    def work() -> None:
        start.wait()
        with trial.app.app_context():
            try:
                trial.run_due()
            except Exception as error:
                raised.append(type(error).__name__)

    threads = [threading.Thread(target=work) for _ in range(AT_ONCE)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if raised:
        yield f"run_due must not raise, and raised {raised[0]}"
    if sorted(number for number, _ in noted) != wanted:
        yield f"{AT_ONCE} runners at once must run each of {len(wanted)} jobs once, and ran {len(noted)}"


def _break() -> None:
    raise _TakenBack


class _TakenBack(Exception):
    pass
