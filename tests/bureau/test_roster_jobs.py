"""The roster's long work: what is asked for twice, what a process left half done, and what is not undone."""

from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from app.bureau.service import roster
from app.core import blobs, clock, jobs
from app.core.db import db
from app.core.errors import DomainError
from app.roster import service
from app.roster.models import InsuredStatus, RosterImport, RosterUpload, StatusReason
from app.roster.queries import find_person
from app.roster.service import ImportMode
from app.staff.models import Role, StaffMember
from app.staff_jobs.models import StaffJob, StaffJobState
from app.staff_jobs.queries import result_of
from app.staff_jobs.service import open_file
from tests.kit.roster import CHILD, HEADER, RETIREE, WORKER, count_people
from tests.staff_jobs.tried import add_member, run_waiting, take_when_told


@pytest.fixture
def keeper(app: Flask) -> StaffMember:
    return add_member("keeper", Role.sysadmin)


@pytest.fixture
def later(app: Flask) -> Flask:
    take_when_told(app)
    return app


def checked(member: StaffMember, content: str) -> RosterUpload:
    """A file that was sent, and whose dry run is done; apart from any session."""
    with service.Receiving() as file:
        file.write(content.encode())
        upload = service.keep_upload(file, "名册.csv", by=member.actor)
    service.note_checked(upload.id)
    db.session.refresh(upload)
    db.session.expunge(upload)
    return upload


def last_job() -> StaffJob:
    db.session.rollback()
    return db.session.scalars(select(StaffJob).order_by(StaffJob.id.desc()).limit(1)).one()


def imports() -> list[RosterImport]:
    db.session.rollback()
    return list(db.session.scalars(select(RosterImport).order_by(RosterImport.id)))


def test_an_import_that_is_asked_for_again_while_it_waits_is_the_same(later: Flask, keeper: StaffMember) -> None:
    upload = checked(keeper, HEADER + WORKER)

    first = roster.start_application(keeper, upload, ImportMode.all).id
    again = roster.start_application(keeper, upload, ImportMode.all).id
    run_waiting()

    assert first == again and len(imports()) == 1


def test_a_file_asked_for_in_both_ways_is_applied_once_and_the_other_is_told(later: Flask, keeper: StaffMember) -> None:
    upload = checked(keeper, HEADER + WORKER)
    roster.start_application(keeper, upload, ImportMode.all)
    roster.start_application(keeper, upload, ImportMode.good)

    run_waiting()

    assert len(imports()) == 1 and count_people() == 1
    assert (last_job().state, result_of(last_job())["code"]) == (StaffJobState.failed, "already_applied")


def test_an_import_is_not_undone_while_another_waits(later: Flask, keeper: StaffMember) -> None:
    roster.start_application(keeper, checked(keeper, HEADER + WORKER), ImportMode.all)
    run_waiting()
    roster.start_application(keeper, checked(keeper, HEADER + RETIREE), ImportMode.all)

    with pytest.raises(DomainError, match="import_running") as refused:
        roster.start_undoing(keeper, imports()[0].id)

    assert refused.value.status == 409 and imports()[0].undoing_at is None


def test_an_import_whose_process_died_when_it_was_done_is_not_done_again(
    later: Flask, keeper: StaffMember, monkeypatch: pytest.MonkeyPatch
) -> None:
    upload = checked(keeper, HEADER + WORKER + RETIREE)
    report_id = roster.start_application(keeper, upload, ImportMode.all).id

    def die(_upload_id: int, *, by: str) -> None:
        raise SystemExit  # as far as the rows know, the process is gone

    with monkeypatch.context() as killed, pytest.raises(SystemExit):
        killed.setattr(service, "note_applied", die)
        run_waiting()
    db.session.remove()
    clock.move(timedelta(minutes=16))
    jobs.sweep()
    run_waiting()

    job = last_job()
    told = result_of(job)
    assert (job.id, job.attempt, job.state) == (report_id, 2, StaffJobState.done)
    assert (told["applied"], told["created"], told["upload_id"]) == (True, 2, upload.id)
    assert len(imports()) == 1 and count_people() == 2
    found = db.session.get_one(RosterUpload, upload.id)
    assert found.applied_at == clock.now() and list(blobs.list_names("roster")) == []


def test_who_was_changed_since_is_left_and_named_by_number_alone(app: Flask, keeper: StaffMember) -> None:
    roster.start_application(keeper, checked(keeper, HEADER + WORKER + RETIREE + CHILD), ImportMode.all)
    db.session.rollback()
    person = find_person("01", WORKER.split(",")[1])
    assert person is not None
    person_id = person.id
    clock.move(timedelta(minutes=1))
    service.change_status(person_id, InsuredStatus.died, StatusReason.papers, seen=InsuredStatus.normal, by="staff:1")

    roster.start_undoing(keeper, imports()[0].id)

    told = result_of(last_job())
    assert (told["removed"], told["left"], count_people()) == (2, 1, 1)
    assert [shown[0] for shown in told["shown"]] == [person_id]
    _size, pieces = open_file(last_job(), by=keeper.actor)
    lines = b"".join(pieces).decode("utf-8-sig").splitlines()
    assert lines[0] == "参保人编号,原因" and len(lines) == 2 and lines[1].startswith(f"{person_id},") and "王" not in lines[1]
