"""Staff jobs while the database is away: the work goes on as long as it can, and is done again where it could not be kept."""

from collections.abc import Callable
from datetime import timedelta
from sqlite3 import OperationalError as Away

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.exc import OperationalError

from app.core import clock, jobs
from app.core.db import db
from app.core.jobs.models import Job, JobState
from app.staff.models import StaffMember
from app.staff_jobs import queries, service
from app.staff_jobs.models import StaffJob, StaffJobState
from app.staff_jobs.service import Outcome, Progress, running
from tests.staff_jobs.tried import register, run_waiting


def failing(error: Exception) -> Callable[..., None]:
    def fail(*_given: object) -> None:
        raise error

    return fail


def test_a_job_the_database_failed_is_run_again_and_not_settled(later: Flask, member: StaffMember) -> None:
    answers: list[Exception | Outcome] = [OperationalError("…", {}, Away("disk I/O error")), Outcome({"by": "second"})]

    def work(staff_job: StaffJob, progress: Progress) -> Outcome:
        answer = answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return answer

    register(work)
    report_id = service.start_staff_job(member, "tried").id

    run_waiting()
    between = queries.get_staff_job(member.id, report_id).state
    background = db.session.scalar(select(Job.state).where(Job.name == service.RUN_STAFF_JOB))
    clock.move(timedelta(minutes=2))
    run_waiting()

    assert (between, background) == (StaffJobState.running, JobState.waiting)
    assert queries.result_of(queries.get_staff_job(member.id, report_id)) == {"by": "second"}


def test_the_bar_moves_on_and_the_jobs_lease_is_renewed_once_a_minute(
    later: Flask, member: StaffMember, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[int | None] = []
    renewed: list[bool] = []

    def work(staff_job: StaffJob, progress: Progress) -> Outcome:
        report_id = staff_job.id
        for done in (20, 60):
            db.session.rollback()
            progress(done, 100)
            seen.append(db.session.get_one(StaffJob, report_id, populate_existing=True).percent)
        return Outcome()

    monkeypatch.setattr(running, "_WRITE_SECONDS", 0.0)
    monkeypatch.setattr(jobs, "renew", lambda: renewed.append(True))
    register(work)
    service.start_staff_job(member, "tried")

    run_waiting()

    assert (seen, renewed) == ([20, 60], [True])


def test_work_goes_on_though_its_progress_cannot_be_stored(member: StaffMember, monkeypatch: pytest.MonkeyPatch) -> None:
    def work(staff_job: StaffJob, progress: Progress) -> Outcome:
        progress(40, 100)
        return Outcome({"all": True})

    monkeypatch.setattr(running, "begin_writing", failing(OperationalError("…", {}, Away("database is locked"))))
    register(work)

    staff_job = service.start_staff_job(member, "tried")

    assert (staff_job.state, staff_job.done) == (StaffJobState.done, 0)
    assert queries.result_of(staff_job) == {"all": True}


def test_progress_that_is_wrong_ends_the_job(member: StaffMember, monkeypatch: pytest.MonkeyPatch) -> None:
    def work(staff_job: StaffJob, progress: Progress) -> Outcome:
        progress(40, 100)
        return Outcome({"all": True})

    monkeypatch.setattr(running, "begin_writing", failing(ValueError("40")))
    register(work)

    staff_job = service.start_staff_job(member, "tried")

    assert staff_job.state is StaffJobState.failed and queries.result_of(staff_job)["code"] == "failed"


def test_a_kind_no_feature_offers_is_asked_for_by_nobody(member: StaffMember) -> None:
    with pytest.raises(KeyError):
        service.start_staff_job(member, "unheard-of")

    assert queries.list_staff_jobs(member.id) == []
