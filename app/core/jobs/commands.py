import os

import click
from flask import current_app
from flask.cli import AppGroup
from sqlalchemy import select, update

from app.config import JobRunner
from app.core import clock
from app.core.audit.sealing import start_sealing_own
from app.core.db import db, transaction
from app.core.flask_types import itself
from app.core.jobs.models import Job, JobState
from app.core.jobs.running import sweep
from app.core.jobs.workers import run_here
from app.core.settings import settings
from app.core.statements import changed

group = AppGroup("jobs", help="Work in the background: PDF pages, deletions, everything that is not done while somebody waits.")


@group.command("run")
@click.option("--workers", default=1, show_default=True, type=click.IntRange(1, 8), help="Jobs done at the same time.")
def run_jobs(workers: int) -> None:
    """Takes jobs until it is told to end; production keeps one such process running."""
    settings.refuse_problems()
    if settings.runs_jobs == JobRunner.inside:
        click.echo("the web process takes jobs too (JOB_RUNNER=inside)")
    os.umask(0o077)
    app = itself(current_app)
    db.session.remove()
    db.engine.connect().close()  # a database that is away is reported here, once, and not by each thread that starts
    click.echo("waiting for jobs")
    sealing = start_sealing_own(app)
    try:
        run_here(app, workers)
    finally:
        sealing.set()


@group.command("list")
def list_jobs() -> None:
    """Shows what is waiting, running or given up."""
    shown = (JobState.waiting, JobState.running, JobState.failed)
    for job in db.session.scalars(select(Job).where(Job.state.in_(shown)).order_by(Job.id).limit(200)):
        click.echo(
            f"{job.id}  {job.state.value:8} {job.name}  attempts {job.attempts}  {clock.local(job.due_at):%m-%d %H:%M}  {job.error}"
        )


@group.command("retry")
def retry_jobs() -> None:
    """Has every job that was given up tried again."""
    now = clock.now()
    with transaction():
        again = changed(
            update(Job).where(Job.state == JobState.failed).values(state=JobState.waiting, attempts=0, due_at=now, error="")
        )
    sweep()
    click.echo(f"{again} jobs asked for again")
