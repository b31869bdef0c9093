"""The process, or the thread of a web process, that takes jobs."""

import signal
import threading
import time
from contextlib import suppress
from datetime import timedelta

from flask import Flask
from sqlalchemy import delete, func, select, update

from app.config import JobRunner
from app.core import clock, outages
from app.core.db import db, let_go, transaction
from app.core.jobs.models import Job, JobState, JobWorker
from app.core.jobs.process import process_name
from app.core.jobs.running import give_back, run_next, wake_of
from app.core.settings import settings
from app.core.statements import won

SEEN_EVERY_SECONDS = 20.0  # fixed: the heartbeat by which others see that a runner is alive
LOOK_EVERY_SECONDS = 1.0  # fixed: how long a job that another process asked for waits at most
UNSEEN_AFTER = timedelta(minutes=3)  # fixed: nine heartbeats; then `flask doctor` says that no process takes jobs


def run_here(app: Flask, workers: int) -> None:
    """Takes jobs until SIGINT or SIGTERM. It then finishes the jobs it has begun, unless a second signal comes."""
    for end in (signal.SIGINT, signal.SIGTERM):  # a shell may have SIGINT ignored in what it runs in the background
        signal.signal(end, signal.default_int_handler)
    stop = _start_heartbeat(app)
    threads = [_start_taking(app, stop) for _ in range(workers)]
    with suppress(KeyboardInterrupt):
        while True:
            time.sleep(LOOK_EVERY_SECONDS)
    stop.set()
    for thread in threads:
        thread.join()


def start_inside(app: Flask) -> threading.Event | None:
    """One thread of this web process takes jobs, where the settings say so; setting the returned event ends it."""
    with app.app_context():
        if settings.runs_jobs != JobRunner.inside:
            return None
    stop = _start_heartbeat(app)
    _start_taking(app, stop)
    return stop


def _start_taking(app: Flask, stop: threading.Event) -> threading.Thread:
    wake = wake_of(app)

    def take() -> None:
        while not stop.is_set():
            wake.clear()
            with app.app_context():
                has_run = run_next()
            if not has_run:
                wake.wait(LOOK_EVERY_SECONDS)

    thread = threading.Thread(target=take, name="jobs-taking", daemon=True)
    thread.start()
    return thread


def _start_heartbeat(app: Flask) -> threading.Event:
    stop = threading.Event()

    def beat() -> None:
        while True:
            with app.app_context():
                try:
                    note_seen(process_name())
                    give_back()
                except Exception as error:
                    outages.note("job_heartbeat_failed", error)
                finally:
                    let_go()
            if stop.wait(SEEN_EVERY_SECONDS):
                return

    threading.Thread(target=beat, name="jobs-heartbeat", daemon=True).start()
    return stop


@transaction()
def note_seen(name: str) -> None:
    now = clock.now()
    db.session.execute(delete(JobWorker).where(JobWorker.seen_at < now - timedelta(days=1)))
    if not won(update(JobWorker).where(JobWorker.name == name).values(seen_at=now)):
        db.session.add(JobWorker(name=name, started_at=now, seen_at=now))


def problems() -> list[str]:
    """Sentences for the operator: no process takes jobs, or jobs were given up."""
    now, found = clock.now(), []
    seen = db.session.scalar(select(func.max(JobWorker.seen_at)))
    if settings.runs_jobs == JobRunner.own and (seen is None or seen < now - UNSEEN_AFTER):
        when = f"since {clock.local(seen):%Y-%m-%d %H:%M}" if seen else "yet"
        found.append(f"No process for jobs has been seen {when}: start `flask jobs run` and keep it running.")
    failed = db.session.scalar(select(func.count()).select_from(Job).where(Job.state == JobState.failed)) or 0
    if failed:
        found.append(f"{failed} jobs were given up after several attempts: see `flask jobs list`.")
    return found
