from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask

from app.core import blobs, clock, jobs
from app.core.db import db
from app.core.errors import DomainError, NotFound, TooMany
from app.core.jobs.models import Job, JobState
from app.core.jobs.process import process_name
from app.core.jobs.workers import note_seen
from app.staff.models import Role, StaffMember
from app.staff_jobs import queries, service
from app.staff_jobs.models import StaffJob, StaffJobState
from app.staff_jobs.service import Outcome, Progress, Replaced
from tests.kit.client import Browser
from tests.kit.staff import sign_in_staff
from tests.staff_jobs.tried import add_member, register, run_waiting, write_file

SENTENCE = "请看这里"


def test_a_report_is_run_and_says_what_came_out(member: StaffMember) -> None:
    register(lambda staff_job, progress: Outcome({"seen": queries.params_of(staff_job)["day"]}))

    staff_job = service.start_staff_job(member, "tried", day="2026-03-04")

    assert staff_job.state is StaffJobState.done and queries.result_of(staff_job) == {"seen": "2026-03-04"}
    assert [found.id for found in queries.list_staff_jobs(member.id)] == [staff_job.id]
    found = queries.find_latest("tried")
    assert found is not None and found.id == staff_job.id


def test_its_file_is_kept_sealed_and_gone_after_a_week(member: StaffMember, tmp_path: Path) -> None:
    def write(staff_job: StaffJob, progress: Progress) -> Outcome:
        with service.scratch_file() as path:
            path.write_bytes(b"line\n" * 500_000)
            return Outcome(file=path, file_title="名单.csv")

    register(write)

    staff_job = service.start_staff_job(member, "tried")

    size, pieces = service.open_file(staff_job, by=member.actor)
    assert size == 2_500_000 and b"".join(pieces) == b"line\n" * 500_000
    kept = [path for path in tmp_path.rglob("*") if path.is_file()]
    assert not any(b"line\nline\n" in path.read_bytes() for path in kept)
    clock.move(timedelta(days=8))
    service.delete_old()
    staff_job = db.session.get_one(StaffJob, staff_job.id, populate_existing=True)
    assert staff_job.file_name is None and list(blobs.list_names("reports")) == []
    with pytest.raises(NotFound):
        service.open_file(staff_job, by=member.actor)


def test_a_refusal_is_told_and_what_went_wrong_is_not(member: StaffMember) -> None:
    def refuse(staff_job: StaffJob, progress: Progress) -> Outcome:
        raise DomainError("unfit", SENTENCE)

    def fail(staff_job: StaffJob, progress: Progress) -> Outcome:
        raise RuntimeError("secret")

    register(refuse)
    register(fail, "broken")

    refused, broken = service.start_staff_job(member, "tried").id, service.start_staff_job(member, "broken").id

    assert queries.result_of(queries.get_staff_job(member.id, refused))["what"] == SENTENCE
    found = queries.get_staff_job(member.id, broken)
    assert found.state is StaffJobState.failed and "secret" not in found.result


def test_another_member_finds_nothing(app: Flask, member: StaffMember) -> None:
    register(lambda staff_job, progress: Outcome())
    report_id, other = service.start_staff_job(member, "tried").id, add_member("wujun", Role.sysadmin)

    with pytest.raises(NotFound):
        queries.get_staff_job(other.id, report_id)


def test_without_the_right_nothing_is_begun_or_shown(app: Flask, member: StaffMember) -> None:
    register(lambda staff_job, progress: Outcome())
    reviewer = add_member("wujun", Role.reviewer)

    with pytest.raises(DomainError) as refused:
        service.start_staff_job(reviewer, "tried")

    assert refused.value.code == "forbidden" and queries.list_staff_jobs(reviewer.id) == []


def test_asked_twice_while_it_waits_it_is_one_and_only_so_many_wait(later: Flask, member: StaffMember) -> None:
    register(lambda staff_job, progress: Outcome())

    first, again = service.start_staff_job(member, "tried", day=1).id, service.start_staff_job(member, "tried", day=1).id
    for day in range(2, 6):
        service.start_staff_job(member, "tried", day=day)

    assert first == again
    with pytest.raises(TooMany):
        service.start_staff_job(member, "tried", day=6)


def test_a_report_whose_process_dies_is_run_again_and_at_last_given_up(later: Flask, member: StaffMember) -> None:
    runs = []

    def die(staff_job: StaffJob, progress: Progress) -> Outcome:
        runs.append(staff_job.attempt)
        raise SystemExit  # as far as the rows know, the process is gone

    register(die)
    report_id = service.start_staff_job(member, "tried").id

    for _ in range(4):
        try:
            run_waiting()
        except SystemExit:
            db.session.remove()
            clock.move(timedelta(minutes=16))
            jobs.sweep()

    staff_job = queries.get_staff_job(member.id, report_id)
    assert runs == [1, 2, 3] and staff_job.state is StaffJobState.failed
    assert queries.result_of(staff_job)["code"] == "process_lost"


def test_long_work_keeps_its_job_and_a_replaced_run_changes_nothing(later: Flask, member: StaffMember) -> None:
    seen: list[object] = []

    def work(staff_job: StaffJob, progress: Progress) -> Outcome:
        clock.move(timedelta(minutes=14))
        progress(40, 100)
        clock.move(timedelta(minutes=14))
        note_seen(process_name())
        jobs.sweep()
        seen.append(db.session.scalar(db.select(Job.state).where(Job.name == service.RUN_STAFF_JOB)))
        db.session.rollback()
        seen.append(db.session.get_one(StaffJob, staff_job.id, populate_existing=True).percent)
        report_id = staff_job.id
        register(lambda staff_job, progress: Outcome({"by": "second"}))
        service.run_staff_job(report_id)
        with pytest.raises(Replaced):
            service.running._Written(report_id, 1).__call__(50)
        return Outcome({"by": "first"})

    register(work)
    report_id = service.start_staff_job(member, "tried").id

    run_waiting()

    assert seen == [JobState.running, 40]
    assert queries.result_of(queries.get_staff_job(member.id, report_id)) == {"by": "second"}


def test_the_pages_show_progress_result_and_file(later: Flask, member: StaffMember) -> None:
    register(write_file)
    browser = Browser(later)
    sign_in_staff(browser, "zhou")
    report_id = service.start_staff_job(member, "tried").id

    waiting = browser.get(f"/bureau/reports/{report_id}")
    assert "正在排队" in waiting.text and 'http-equiv="refresh"' in waiting.response.text
    assert browser.http.get(f"/bureau/reports/{report_id}/file").status_code == 404
    run_waiting()
    done = browser.get(f"/bureau/reports/{report_id}")
    assert "下载文件" in done.text and "http-equiv" not in done.response.text
    file = browser.http.get(f"/bureau/reports/{report_id}/file")
    assert file.data == b"a\n" and file.headers["Content-Disposition"].startswith("attachment")
    assert "试一下" in browser.get("/bureau/reports").text
    assert list((later.config["SETTINGS"].instance_path / "scratch").iterdir()) == []
