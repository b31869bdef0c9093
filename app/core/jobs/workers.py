"""The process, or the thread, that takes jobs from the queue."""

import logging
import threading
from datetime import timedelta

from flask import Flask
from huey.consumer import Consumer, Scheduler
from sqlalchemy import delete, func, select, update

from app.config import JobRunner
from app.core import clock, outages
from app.core.db import db, let_go, transaction
from app.core.jobs.models import Job, JobState, JobWorker
from app.core.jobs.process import process_name
from app.core.jobs.queue import queue_of
from app.core.jobs.running import give_back, run_job
from app.core.settings import settings
from app.core.statements import won

SEEN_EVERY_SECONDS = 20.0  # fixed: the heartbeat from which others see that a runner lives
OPENS_AGAIN_SECONDS = 2.0  # fixed: after the queue could not be read: not to hammer a database that is away
UNSEEN_AFTER = timedelta(minutes=3)  # fixed: then `flask doctor` says that nobody works; nine heartbeats


class _NothingScheduled(Scheduler):  # type: ignore[misc]
    """Our rows say what is due and when; huey's own timetable stays empty and is not asked."""

    def loop(self, now: object = None) -> None:
        self.stop_flag.wait(SEEN_EVERY_SECONDS)


class _Consumer(Consumer):  # type: ignore[misc]
    scheduler_class = _NothingScheduled


class _InsideConsumer(_Consumer):
    """A consumer in a thread of the web process, whose signals are the web server's."""

    def _set_signal_handlers(self) -> None:
        pass


def run_here(app: Flask, workers: int) -> None:
    """Takes jobs until the process is told to end (SIGINT lets the running ones finish)."""
    logging.getLogger("huey").setLevel(logging.WARNING)
    stop = _start_heartbeat(app)
    with app.app_context():
        consumer = _Consumer(queue_of(app, run_job), workers=workers, periodic=False, max_delay=1.0)
    try:
        consumer.run()
    finally:
        stop.set()


def start_inside(app: Flask) -> threading.Event | None:
    """One thread of this web process takes jobs, where the settings say so; setting the returned event ends it."""
    with app.app_context():
        if settings.runs_jobs != JobRunner.inside:
            return None
    logging.getLogger("huey").setLevel(logging.WARNING)
    stop = _start_heartbeat(app)
    threading.Thread(target=_take_inside, args=(app, stop), name="jobs-inside", daemon=True).start()
    return stop


def _take_inside(app: Flask, stop: threading.Event) -> None:
    """A database that is away for a moment must not keep a web process from serving: the queue is opened as soon as it can be."""
    consumer: Consumer | None = None
    while consumer is None:
        with app.app_context():
            try:
                consumer = _InsideConsumer(queue_of(app, run_job), workers=1, periodic=False, max_delay=1.0)
            except Exception as error:
                outages.note("job_queue_not_open", error)
                if stop.wait(OPENS_AGAIN_SECONDS):
                    return
    consumer.start()
    stop.wait()
    consumer.stop()


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
    """Sentences for the operator: nobody works, or work was given up."""
    now, found = clock.now(), []
    seen = db.session.scalar(select(func.max(JobWorker.seen_at)))
    if settings.runs_jobs == JobRunner.own and (seen is None or seen < now - UNSEEN_AFTER):
        when = f"since {clock.local(seen):%Y-%m-%d %H:%M}" if seen else "yet"
        found.append(f"No process for jobs has been seen {when}: start `flask jobs run` and keep it running.")
    failed = db.session.scalar(select(func.count()).select_from(Job).where(Job.state == JobState.failed)) or 0
    if failed:
        found.append(f"{failed} jobs were given up after several attempts: see `flask jobs list`.")
    return found
