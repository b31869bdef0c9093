"""`flask jobs run`, the process production keeps beside the web: it draws a PDF that the web only took."""

import io
import signal
import subprocess
import sys
import time
from datetime import timedelta
from pathlib import Path

from sqlalchemy import select

from app import create_app
from app.core import clock, jobs, outages
from app.core.db import db
from app.core.jobs.models import Job, JobState
from app.documents import queries
from app.documents.models import PageState
from app.documents.service import accept_page
from tests.kit.documents import SUBJECT, make_pdf, take_papers
from tests.kit.people import make_activated_account
from tests.kit.settings import demo_environ, make_settings


def test_a_process_of_its_own_draws_what_the_web_took(database_url: str, tmp_path: Path) -> None:
    environ = demo_environ(database_url, tmp_path, JOB_RUNNER="own")
    app = create_app(make_settings(database_url=database_url, instance_path=tmp_path, job_runner="own"))
    take_papers(app)
    with app.app_context():
        page = accept_page(owner=make_activated_account(), subject=SUBJECT, slot="other", stream=io.BytesIO(make_pdf(2)))
        waiting, unseen = page.state, jobs.problems()
        process = subprocess.Popen([sys.executable, "-m", "flask", "jobs", "run"], env=environ, stdout=subprocess.DEVNULL)
        try:
            deadline = time.monotonic() + 60
            while len(queries.list_pages(SUBJECT)) < 2 and time.monotonic() < deadline:
                db.session.rollback()
                time.sleep(0.1)
            states = [page.state for page in queries.list_pages(SUBJECT)]
            seen = jobs.problems()
        finally:
            process.send_signal(signal.SIGINT)
            ended = process.wait(60)
        db.session.remove()
        db.engine.dispose()

    assert waiting is PageState.received
    assert "flask jobs run" in unseen[0]
    assert states == [PageState.ready] * 2
    assert (seen, ended) == ([], 0)


def test_what_a_killed_process_was_at_is_taken_over_once_its_heart_is_not_heard(database_url: str, tmp_path: Path) -> None:
    environ = demo_environ(database_url, tmp_path, JOB_RUNNER="own")
    app = create_app(make_settings(database_url=database_url, instance_path=tmp_path, job_runner="own"))
    outages.reset()
    take_papers(app)
    with app.app_context():
        process = subprocess.Popen([sys.executable, "-m", "flask", "jobs", "run"], env=environ, stdout=subprocess.DEVNULL)
        accept_page(owner=make_activated_account(), subject=SUBJECT, slot="other", stream=io.BytesIO(make_pdf(12)))
        job = the_job_once(JobState.running)
        process.kill()
        process.wait(60)
        drawn_by_it = len(queries.list_pages(SUBJECT))

        clock.move(timedelta(seconds=61))
        jobs.sweep()
        brought_back = the_job_once(JobState.waiting).runner
        jobs.run_job(job.id)

        states = [page.state for page in queries.list_pages(SUBJECT)]
        settled = the_job_once(JobState.done)
        db.session.remove()
        db.engine.dispose()
    clock.reset()

    assert drawn_by_it < 12 and states == [PageState.ready] * 12
    assert brought_back.split(":")[1] == str(process.pid)
    assert settled.attempts == 2


def the_job_once(state: JobState) -> Job:
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        db.session.rollback()
        found = db.session.scalars(select(Job).where(Job.state == state)).first()
        if found is not None:
            db.session.expunge(found)
            return found
        time.sleep(0.002)
    raise AssertionError(f"no job is {state.value}")
