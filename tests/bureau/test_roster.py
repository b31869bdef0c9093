"""The roster at the desk: a file sent, checked, applied and taken back, and a status changed by hand."""

from dataclasses import replace
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from app.core import blobs, clock, jobs
from app.core.audit.models import AuditRow
from app.core.db import db, transaction
from app.core.jobs.models import Job, JobState
from app.credentials.service import activate_credential
from app.roster.models import InsuredPerson, InsuredStatus
from app.roster.queries import find_person
from app.staff.models import Role, StaffMember
from app.staff_jobs.models import StaffJob
from tests.kit.client import Browser, Page
from tests.kit.roster import HEADER, RETIREE, WORKER, count_people, save
from tests.kit.staff import make_staff, sign_in_staff, staff_browser

pytestmark = pytest.mark.one_database

STOPPED = WORKER.replace(",310,1", ",310,2")


@pytest.fixture
def desk(app: Flask) -> Browser:
    return staff_browser(app, [Role.sysadmin], username="keeper")


def body_of(data: bytes, title: str, **fields: str) -> bytes:
    """As a browser sends a form with one file."""
    parts = [f'Content-Disposition: form-data; name="{name}"\r\n\r\n{text}\r\n'.encode() for name, text in fields.items()]
    head = f'Content-Disposition: form-data; name="file"; filename="{title}"\r\nContent-Type: application/octet-stream\r\n\r\n'
    parts.append(head.encode() + data + b"\r\n")
    return b"".join(b"--pz\r\n" + part for part in parts) + b"--pz--\r\n"


def send(browser: Browser, content: str | bytes, title: str = "名册.csv", *, expect: int = 200, **fields: str) -> Page:
    data = content if isinstance(content, bytes) else content.encode()
    token = browser.get("/bureau/roster").hidden()["csrf_token"]
    body = body_of(data, title, csrf_token=token, **fields)
    return browser.post_body("/bureau/roster/uploads", body, "multipart/form-data; boundary=pz", expect=expect)


def apply(browser: Browser, upload_id: int, mode: str = "all", *, expect: int = 200) -> Page:
    return browser.post(f"/bureau/roster/uploads/{upload_id}/application", {"mode": mode}, expect=expect)


def test_a_file_is_checked_applied_kept_in_the_list_and_taken_back(app: Flask, desk: Browser) -> None:
    person_id = save().id
    activate_credential(person_id)
    clock.move(timedelta(minutes=1))

    checked = send(desk, HEADER + STOPPED + RETIREE + "01,51060019580101007x,=1+1,510604,310,1\n")

    assert "名册还没有改动" in checked.text and "正常参保暂停参保1" in checked.text
    assert "其中 1 张正在使用的医保码会停下" in checked.text and "这一格是公式" in checked.text
    assert count_people() == 1
    errors = desk.http.get("/bureau/reports/1/file").data.decode("utf-8-sig")
    assert errors.splitlines()[0] == "行,列,原因" and "51060019580101007" not in errors and "=1+1" not in errors

    refused = apply(desk, 1)
    assert "没有导入" in refused.text and count_people() == 1
    done = apply(desk, 1, "good")
    assert "已经导入" in done.text and count_people() == 2
    assert db.session.get_one(InsuredPerson, person_id).status is InsuredStatus.suspended
    assert not list(blobs.list_names("roster"))
    listed = desk.get("/bureau/roster")
    assert "名册.csv" in listed.text and "员工keeper" in listed.text

    assert "请先勾选" in desk.post("/bureau/roster/imports/2/undoing", {}, expect=422).text
    undone = desk.post("/bureau/roster/imports/2/undoing", {"confirmed": "y"})
    assert "改回原样1" in undone.text and count_people() == 1
    assert "已撤销" in desk.get("/bureau/roster/imports/2").text
    again = desk.post("/bureau/roster/imports/2/undoing", {"confirmed": "y"}, expect=409)
    assert "不能撤销" in again.text


def test_what_is_not_a_roster_is_refused_with_a_sentence_and_nothing_stays(desk: Browser) -> None:
    for content, title, said in [
        ("", "r.csv", "是空的"),
        ("姓名,参保地\n王芳,510603\n", "r.csv", "缺少这些列"),
        (b"%PDF-1.7 ...", "r.xlsx", "不是表格"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "r.xls", "旧版 Excel"),
        (b"PK\x03\x04nothing", "r.xlsx", "打不开"),
    ]:
        assert said in send(desk, content, title, expect=422 if not content else 200).text

    assert "还没有选文件" in send(desk, "", "", expect=422).text
    assert not list(blobs.list_names("roster")) and "还没有导入的文件" not in desk.get("/bureau/roster").text


def test_gbk_is_read_and_a_column_may_be_left_out(desk: Browser) -> None:
    gbk = (HEADER.replace("\n", ",备注\n") + WORKER.replace("王㛃", "王芳").replace("\n", ",x\n")).encode("gbk")

    assert "不认识这些列：备注" in send(desk, gbk).text
    assert "新增1" in send(desk, gbk, ignored="备注").text


def test_an_office_of_one_county_brings_in_its_own_people_only(app: Flask) -> None:
    county = staff_browser(app, [Role.sysadmin], username="county", agency="jingyang")

    page = send(county, HEADER + WORKER + RETIREE)

    assert "新增1" in page.text and "不归您的机构管" in page.text


def test_another_members_upload_and_import_of_another_place_are_not_found(app: Flask, desk: Browser) -> None:
    send(desk, HEADER + RETIREE)
    apply(desk, 1)
    other = staff_browser(app, [Role.sysadmin], username="other", agency="jingyang")

    other.get("/bureau/roster")
    apply(other, 1, expect=404)
    other.get("/bureau/roster/imports/1", expect=404)
    assert "还没有导入过" in other.get("/bureau/roster").text


@pytest.fixture
def later(app: Flask) -> Flask:
    app.config["SETTINGS"] = replace(app.config["SETTINGS"], job_runner="own")
    return app


def work() -> None:
    db.session.rollback()
    for job_id in list(db.session.scalars(select(Job.id).where(Job.state == JobState.waiting).order_by(Job.id))):
        jobs.run_job(job_id)


def test_nothing_is_applied_before_its_dry_run_and_a_second_import_waits_its_turn(later: Flask) -> None:
    desk = staff_browser(later, [Role.sysadmin], username="keeper")
    other = staff_browser(later, [Role.sysadmin], username="other")
    send(desk, HEADER + WORKER)
    apply(desk, 1, expect=409)
    send(other, HEADER + RETIREE)
    work()

    assert "正在排队" in apply(desk, 1).text
    refused = apply(other, 2, expect=409)

    assert "另一次导入或撤销正在进行" in refused.text
    work()
    assert count_people() == 1


def test_a_member_whose_role_was_taken_meanwhile_imports_nothing(later: Flask) -> None:
    desk = staff_browser(later, [Role.sysadmin], username="keeper")
    send(desk, HEADER + WORKER)
    work()
    apply(desk, 1)
    db.session.rollback()
    with transaction():
        db.session.scalars(select(StaffMember).where(StaffMember.username == "keeper")).one().roles_text = "reviewer"
    work()

    assert count_people() == 0
    assert db.session.scalars(select(StaffJob).order_by(StaffJob.id.desc())).first().state.value == "failed"


def test_an_upload_too_large_is_refused_and_leaves_nothing(app: Flask, desk: Browser) -> None:
    app.config["SETTINGS"] = replace(app.config["SETTINGS"], roster_max_megabytes=1)

    page = send(desk, HEADER + WORKER * 60_000, expect=413)

    assert "太大" in page.text
    assert not list(blobs.list_names("roster"))


def test_without_the_right_nothing_large_is_read(app: Flask) -> None:
    browser = staff_browser(app, [Role.reviewer])
    token = browser.get("/bureau/me").hidden()["csrf_token"]
    body = body_of(b"x" * 3_000_000, "r.csv", csrf_token=token)

    browser.post_body("/bureau/roster/uploads", body, "multipart/form-data; boundary=pz", expect=401)

    assert not list(blobs.list_names("roster"))


def test_a_person_is_found_shown_masked_and_their_status_changed_at_once(app: Flask, desk: Browser) -> None:
    person_id = save().id
    save("51060019580101007X", "王㛃", insured_region="510604")

    desk.get("/bureau/roster/persons")
    found = desk.post("/bureau/roster/searches", {"way": "document", "cert_type": "01", "number": "510600199003070017"})
    assert f"参保人 {person_id}" in found.text and "510600199003070017" not in found.text and "王㛃" not in found.text
    assert "王㛃" not in desk.post("/bureau/roster/searches", {"way": "name", "name": "王㛃", "tail": "0017"}).text
    where = f"/bureau/roster/persons/{person_id}"
    desk.get(where)
    assert "请选一个状态" in desk.post(f"{where}/status", {"seen": "1"}, expect=422).text
    changed = desk.post(f"{where}/status", {"seen": "1", "status": "2", "reason": "papers"})

    assert "已改为“暂停参保”" in changed.text and "正常参保 → 暂停参保 · 看到了证明材料" in changed.text
    db.session.rollback()
    person = find_person("01", "510600199003070017")
    assert person is not None and person.status is InsuredStatus.suspended
    row = db.session.scalars(select(AuditRow).where(AuditRow.tag == "person:status_changed")).one()
    assert row.person_id == person_id and "王" not in row.detail
    late = desk.post(f"{where}/status", {"seen": "1", "status": "died", "reason": "papers"}, expect=409)
    assert "刚刚被改过" in late.text


def test_nobody_changes_their_own_status_or_that_of_another_place(app: Flask) -> None:
    own = save().id
    make_staff("county", [Role.sysadmin], agency="jingyang", person_id=own)
    elsewhere = save("51060019580101007X", "刘𬭚", insured_region="510604").id
    browser = Browser(app)
    sign_in_staff(browser, "county")

    browser.get(f"/bureau/roster/persons/{own}")
    browser.post(f"/bureau/roster/persons/{own}/status", {"seen": "1", "status": "2", "reason": "papers"}, expect=403)

    browser.get(f"/bureau/roster/persons/{elsewhere}", expect=404)
    browser.get("/bureau/roster/persons")
    found = browser.post("/bureau/roster/searches", {"way": "document", "cert_type": "01", "number": "51060019580101007X"})
    assert "没有查到" in found.text


def test_guessing_is_stopped_with_an_alarm(app: Flask, desk: Browser) -> None:
    desk.get("/bureau/roster/persons")
    for _ in range(10):
        desk.post("/bureau/roster/searches", {"way": "name", "name": "王芳", "tail": "0017"})

    desk.post("/bureau/roster/searches", {"way": "name", "name": "王芳", "tail": "0017"}, expect=429)

    assert db.session.scalars(select(AuditRow.tag).where(AuditRow.tag == "roster:alarm")).all()
