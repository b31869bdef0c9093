"""What a staff job leaves behind: its file and row go when their time is over, and nothing stays that belongs to nobody."""

import os
from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select

from app.core import blobs, clock, sealed_files
from app.core.audit import AuditRow
from app.core.db import db, transaction
from app.core.errors import DomainError
from app.core.settings import settings
from app.staff.models import StaffMember
from app.staff_jobs import queries, service
from app.staff_jobs.models import StaffJob, StaffJobState
from app.staff_jobs.service import Outcome, Progress, running
from tests.staff_jobs.tried import register, run_waiting, write_file


def kept_files() -> set[str]:
    return {name for name, _written in sealed_files.list_sealed(running.FOLDER)}


def count_downloads() -> int:
    return len(db.session.scalars(select(AuditRow.id).where(AuditRow.tag == "report:downloaded")).all())


def leave_in_store(name: str) -> str:
    full = f"{running.FOLDER}/{name}"
    with sealed_files.SealedWriter(full) as sealed:
        sealed.write(b"x")
        sealed.finish()
    return full


def leave_scratch(name: str, age: timedelta) -> Path:
    folder = settings.instance_path / "scratch"
    folder.mkdir(exist_ok=True)
    path = folder / name
    path.write_text("x")
    at = (clock.now() - age).timestamp()
    os.utime(path, (at, at))
    return path


def test_a_file_no_row_names_is_deleted_after_a_day_and_a_jobs_own_stays(member: StaffMember) -> None:
    register(write_file)
    own = service.start_staff_job(member, "tried").file_name
    left = leave_in_store("left-behind")

    service.delete_old()
    at_once = kept_files()
    clock.move(timedelta(days=1, minutes=5))
    service.delete_old()

    assert at_once == {own, left} and kept_files() == {own}


def test_what_a_killed_process_was_writing_is_deleted_after_a_day(app: Flask) -> None:
    old, young = leave_scratch("report-old.csv", timedelta(hours=25)), leave_scratch("report-young.csv", timedelta(hours=23))
    others = leave_scratch("upload-old", timedelta(days=9))

    service.delete_old()

    assert [path.exists() for path in (old, young, others)] == [False, True, True]


def test_a_settled_jobs_row_goes_when_its_time_is_over_and_an_open_one_stays(later: Flask, member: StaffMember) -> None:
    register(lambda staff_job, progress: Outcome())
    settled = service.start_staff_job(member, "tried").id
    run_waiting()
    waiting = service.start_staff_job(member, "tried", day=2).id

    clock.move(timedelta(days=settings.staff_job_keep_days))
    service.delete_old()
    before = db.session.scalars(select(StaffJob.id).order_by(StaffJob.id)).all()
    clock.move(timedelta(seconds=1))
    service.delete_old()

    assert before == [settled, waiting] and db.session.scalars(select(StaffJob.id)).all() == [waiting]


def test_a_file_the_store_has_lost_is_said_and_does_not_count_as_downloaded(member: StaffMember) -> None:
    register(write_file)
    staff_job = service.start_staff_job(member, "tried")
    service.open_file(staff_job, by=member.actor)
    assert staff_job.file_name is not None
    sealed_files.delete_sealed(staff_job.file_name)

    with pytest.raises(DomainError) as refused:
        service.open_file(staff_job, by=member.actor)

    assert (refused.value.code, refused.value.status) == ("file_unreadable", 503)
    assert count_downloads() == 1


def test_a_store_that_is_away_fails_the_job_with_a_sentence_and_leaves_no_scratch(
    member: StaffMember, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(name: str, data: bytes) -> None:
        raise blobs.StoreUnavailable(name)

    register(write_file)
    monkeypatch.setattr(blobs, "put", refuse)

    staff_job = service.start_staff_job(member, "tried")

    assert (staff_job.state, staff_job.file_name) == (StaffJobState.failed, None)
    assert queries.result_of(staff_job)["code"] == "store_unavailable"
    assert list((settings.instance_path / "scratch").iterdir()) == []


def test_a_replaced_run_keeps_no_file(later: Flask, member: StaffMember) -> None:
    def be_replaced(staff_job: StaffJob, progress: Progress) -> Outcome:
        report_id = staff_job.id
        with transaction():
            db.session.get_one(StaffJob, report_id).attempt += 1
        return write_file(staff_job, progress)

    register(be_replaced)
    report_id = service.start_staff_job(member, "tried").id

    run_waiting()

    staff_job = queries.get_staff_job(member.id, report_id)
    assert (staff_job.state, staff_job.file_name) == (StaffJobState.running, None)
    assert kept_files() == set() and list((settings.instance_path / "scratch").iterdir()) == []
