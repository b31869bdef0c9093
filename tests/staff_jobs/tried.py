"""A member who may ask, a kind of job made for the test, and its run when the test says so."""

from collections.abc import Callable
from dataclasses import replace

from flask import Flask, current_app

from app.core import jobs
from app.core.db import db
from app.core.jobs.models import Job, JobState
from app.staff.models import Role, StaffMember
from app.staff.rights import Right
from app.staff_jobs import service
from app.staff_jobs.models import StaffJob
from app.staff_jobs.service import Outcome, Progress
from tests.kit.staff import make_staff


def add_member(name: str, role: Role) -> StaffMember:
    """Apart from any session: a job that is run at once ends the one of the test."""
    member = make_staff(name, [role])
    db.session.refresh(member)
    db.session.expunge(member)
    return member


def take_when_told(app: Flask) -> None:
    """Jobs are taken when the test says so."""
    app.config["SETTINGS"] = replace(app.config["SETTINGS"], job_runner="own")


def register(run: Callable[[StaffJob, Progress], Outcome], kind: str = "tried") -> None:
    """In place of the one before, if it was registered already."""
    kept: dict[str, service.StaffJobKind] = current_app.extensions.setdefault("kinds of this test", {})
    kept[kind] = service.StaffJobKind(kind, run, Right.manage_roster, "试一下")
    service.provide_staff_job_kinds.listen(current_app, kept.values)


def write_file(staff_job: StaffJob, progress: Progress) -> Outcome:
    """Work whose outcome is a file of two letters."""
    with service.scratch_file() as path:
        path.write_text("a\n", encoding="utf-8")
        return Outcome(file=path, file_title="名单.csv")


def run_waiting() -> None:
    db.session.rollback()
    for job_id in list(db.session.scalars(db.select(Job.id).where(Job.state == JobState.waiting).order_by(Job.id))):
        jobs.run_job(job_id)
