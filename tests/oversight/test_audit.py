"""The auditor at the desk: what is searched, shown, exported and verified, and what each of these leaves behind."""

import json
import re
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from enum import StrEnum
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import event, select, text, update

from app.core import audit, clock
from app.core.audit import AuditRow
from app.core.audit.queries import PAGE, READ, AuditFilter, search, stream
from app.core.audit.tags import AuditTag, find_noun, list_tags
from app.core.db import db, schema_changes, transaction
from app.core.ids import first_id_at
from app.oversight import queries
from app.oversight.words import Group, alarm_tags, tags_of
from app.staff.audit_tags import StaffTag
from app.staff.models import Role
from app.staff_jobs.models import StaffJob, StaffJobState
from app.staff_jobs.service import run_staff_job
from tests.kit.client import Browser, Page
from tests.kit.people import make_person
from tests.kit.staff import make_staff, sign_in_staff, staff_browser

NUMBER = "510600199003070017"


@pytest.fixture
def auditor(app: Flask) -> Browser:
    return staff_browser(app, [Role.auditadmin], username="auditor")


class Act(StrEnum):
    """Tags as other features write them."""

    frozen = "credential:frozen"
    scanned = "scan:attempted"
    viewed = "document:viewed"
    alarm = "hotline:alarm"


def write(tag: StrEnum = Act.frozen, *, times: int = 1, actor: str = "account:1", **more: object) -> list[int]:
    with transaction():
        return [audit.record(tag, actor=actor, **more) for _ in range(times)]


def wanted(days: int = 7, **more: object) -> AuditFilter:
    return AuditFilter(since=clock.now() - timedelta(days=days), until=clock.now(), **more)


def look_for(auditor: Browser, *, expect: int = 200, **fields: str) -> Page:
    page = auditor.get("/bureau/audit")
    days = {"since": page.one("input", id="since").attrs["value"], "until": page.one("input", id="until").attrs["value"]}
    return auditor.post("/bureau/audit/searches", {**days, **fields}, expect=expect)


def rows_of(page: Page) -> list[str]:
    return [n.text for n in page.all("tr")][1:]


def kinds_of_tags() -> list[type[StrEnum]]:
    found, seen = [], [StrEnum]
    for kind in seen:
        seen += kind.__subclasses__()
        if kind.__name__.endswith("Tag") and kind.__module__.startswith("app.") and kind is not AuditTag:
            found.append(kind)
    return found


@contextmanager
def statements() -> Iterator[list[str]]:
    """SQL sent to the database inside the block."""
    sent: list[str] = []

    def note(_c: object, _cursor: object, statement: str, *_more: object) -> None:
        sent.append(statement)

    event.listen(db.engine, "before_cursor_execute", note)
    yield sent
    event.remove(db.engine, "before_cursor_execute", note)


def test_every_tag_of_every_feature_has_a_sentence_and_a_group(app: Flask) -> None:
    assert {tag for kind in kinds_of_tags() for tag in kind} == set(list_tags())
    assert {tag.group for tag in list_tags()} == {group.value for group in Group}


def test_a_row_is_found_by_each_thing_it_says(app: Flask) -> None:
    member = make_staff()
    person = make_person()
    mine = write(person_id=person.id, subject="credential:5", actor=member.actor, outcome="refused")[0]
    write(subject="credential:6")
    write(Act.alarm, actor=member.actor)

    for asked in (
        {"person_id": person.id, "outcome": "refused"},
        {"person_id": person.id, "actor": member.actor, "subject": "credential:5"},
        {"actor": member.actor, "tags": tags_of(Group.codes)},
        {"subject": "credential:5"},
        {"tags": tags_of(Group.codes), "outcome": "refused"},
    ):
        assert [row.id for row in search(wanted(**asked)).rows] == [mine], asked


def test_pages_follow_each_other_without_a_gap(app: Flask) -> None:
    ids = write(times=PAGE * 2 + 3)

    seen, before = [], None
    for expected in (PAGE, PAGE, 3):
        found = search(wanted(), before)
        assert len(found.rows) == expected
        seen += [row.id for row in found.rows]
        before = found.older

    assert seen == sorted(ids, reverse=True) and before is None
    assert [row.id for row in stream(wanted())] == seen


def test_what_is_rare_is_looked_for_in_steps(app: Flask) -> None:
    """Nobody's search reads the whole log: it stops, says so and goes on from there."""
    member = make_staff()
    rare = write(actor=member.actor, subject="credential:5")[0]
    write(Act.alarm, times=READ + 10, actor=member.actor)

    first = search(wanted(actor=member.actor, subject="credential:5"))
    assert first.rows == [] and not first.is_whole and first.older is not None
    then = search(wanted(actor=member.actor, subject="credential:5"), first.older)

    assert [row.id for row in then.rows] == [rare] and then.is_whole


def test_a_range_of_time_holds_also_when_the_clock_was_moved(app: Flask) -> None:
    old = write()[0]
    clock.move(timedelta(days=10))
    new = write()[0]

    assert [row.id for row in search(wanted(7)).rows] == [new]
    assert {row.id for row in search(wanted(11)).rows} >= {old, new}


def test_each_way_in_is_an_index(app: Flask) -> None:
    """Ten thousand rows of scans between are not read when a person, a member of staff or a kind of act is asked for."""
    write(Act.scanned, times=3000, actor="institution:1", person_id=None)
    member = make_staff()
    for n in range(300):
        write(actor=f"account:{n}", person_id=1000 + n)
    is_sqlite = db.engine.dialect.name == "sqlite"
    with schema_changes():
        db.session.execute(text("ANALYZE"))
        db.session.commit()
    for asked, name in (
        ({"person_id": 1005}, "ix_audit_person"),
        ({"actor": member.actor}, "ix_audit_staff"),
        ({"tags": ("hotline:alarm",)}, "ix_audit_tag"),
    ):
        with statements() as sent:
            search(wanted(**asked))
        assert len(sent) <= 3, asked

        caught = []

        def catch(_c: object, _cursor: object, statement: str, parameters: object, *_more: object, kept: list = caught) -> None:
            kept.append((statement, parameters))

        event.listen(db.engine, "before_cursor_execute", catch)
        search(wanted(**asked))
        event.remove(db.engine, "before_cursor_execute", catch)
        statement, parameters = next((s, p) for s, p in caught if "UNION" in s or "LIMIT" in s)
        explain = "EXPLAIN QUERY PLAN " if is_sqlite else "EXPLAIN "
        plan = db.session.connection().exec_driver_sql(explain + statement, parameters).all()
        assert name in str(plan), plan


def test_a_search_and_its_person_are_audited_and_nothing_personal_is_in_the_address(app: Flask, auditor: Browser) -> None:
    person = make_person()
    write(person_id=person.id)

    page = look_for(auditor, cert_type="01", cert_no=f" {NUMBER[:6]} {NUMBER[6:]} ")

    assert NUMBER not in page.response.request.url and f"person={person.id}" in page.response.request.url
    rows = rows_of(page)
    assert any("挂失了医保码" in row and "账号 1" in row and "李*" in row for row in rows)
    noted = list(db.session.scalars(select(AuditRow).where(AuditRow.tag == "audit:searched")))
    assert [row.person_id for row in noted] == [person.id, person.id]
    assert "没有这个证件号码" not in page.text
    page = look_for(auditor, cert_type="01", cert_no="510600199003070025", expect=422)
    assert "名册里没有这个证件号码" in page.text
    assert db.session.scalar(select(AuditRow.outcome).order_by(AuditRow.id.desc()).limit(1)) == "missed"


def test_staff_are_found_by_user_name_and_named_with_their_agency(app: Flask, auditor: Browser) -> None:
    member = make_staff("wang.li", [Role.agent], agency="jingyang")
    write(actor=member.actor)
    write(actor="account:99")

    page = look_for(auditor, actor="Wang.Li")

    rows = rows_of(page)
    assert "员工wang.li（wang.li，" in rows[0] and not any("账号 99" in row for row in rows)
    assert page.one("input", id="actor").attrs["value"] == "wang.li"
    assert "没有这个用户名" in look_for(auditor, actor="nobody", expect=422).text


def test_a_range_is_never_open_and_never_longer_than_a_year(auditor: Browser) -> None:
    assert "请缩短" in look_for(auditor, since="2020-01-01", expect=422).text
    assert "早于开始" in look_for(auditor, since="2030-01-01", expect=422).text
    auditor.get("/bureau/audit?since=2020-01-01", expect=400)
    auditor.get("/bureau/audit?since=yesterday", expect=400)
    auditor.get("/bureau/audit?group=everything", expect=400)
    auditor.get("/bureau/audit?since=0001-01-01&until=0001-01-02", expect=400)
    auditor.get("/bureau/audit?before=99999999999999999999999&person=abc", expect=200)


def test_the_pages_cost_the_same_number_of_queries_however_long_the_log(app: Flask, auditor: Browser) -> None:
    make_staff()
    auditor.get("/bureau/audit")
    counts = []
    for times in (1, 120):
        for kind in (Act.frozen, Act.alarm, Act.viewed):
            write(kind, times=times, actor="staff:2", subject="institution:4", person_id=None)
        counts.append([])
        for path in ("/bureau/audit", "/bureau/audit?group=codes&actor=staff:2", "/bureau/alarms", "/bureau/audit/document-views"):
            with statements() as sent:
                auditor.get(path)
            counts[-1].append(len(sent))

    assert counts[0] == counts[1] and max(counts[0]) <= 20


def test_an_entry_is_shown_in_full_with_its_seal(auditor: Browser) -> None:
    number = write(subject="credential:5", outcome="refused", reason="code_used")[0]
    audit.seal_pending(everything=True)

    page = auditor.get(f"/bureau/audit/{number}")

    assert "credential:5" in page.text and "code_used" in page.text and "和写入时一样 · 第 1 个封印" in page.text
    auditor.get("/bureau/audit/12345", expect=404)
    assert db.session.scalar(select(AuditRow.subject).where(AuditRow.tag == "audit:opened")) == f"audit:{number}"


def test_an_entry_that_was_changed_says_so(auditor: Browser) -> None:
    number = write()[0]
    with schema_changes():
        db.session.execute(update(AuditRow).where(AuditRow.id == number).values(actor="account:2"))
        db.session.commit()

    assert "这一条被改过" in auditor.get(f"/bureau/audit/{number}").text


def test_alarms_come_first_and_reach_the_security_administrator_too(app: Flask, auditor: Browser) -> None:
    member = make_staff("agent", [Role.agent])
    write(Act.alarm, actor=member.actor, subject=member.actor, outcome="refused", misses=20)
    write(StaffTag.locked, actor="staff:unknown", subject="staff:unknown")
    write(Act.frozen)

    assert "一天内有 2 个警报" in auditor.get("/bureau/audit").text
    make_staff("sec", [Role.secadmin])
    security = Browser(app)
    sign_in_staff(security, "sec")
    assert "2 个警报" in security.get("/bureau").text
    rows = rows_of(security.get("/bureau/alarms"))

    assert len(rows) == 2 and "登录锁住了" in rows[0] and "停止了查询" in rows[1] and "员工agent" in rows[1]
    security.get("/bureau/audit", expect=403)


def test_a_refused_page_is_an_alarm_itself(app: Flask, auditor: Browser) -> None:
    auditor.get("/bureau/cases", expect=403)

    assert "想打开岗位不允许的页面" in auditor.get("/bureau/alarms").text


def test_who_looked_at_whose_papers_is_one_page(app: Flask, auditor: Browser) -> None:
    person, member = make_person(), make_staff("reviewer")
    write(Act.viewed, actor=member.actor, subject="family_request:5", person_id=person.id, page=7)

    rows = rows_of(auditor.get("/bureau/audit/document-views"))

    assert len(rows) == 1 and "员工reviewer" in rows[0] and "家人申请 5" in rows[0] and "李*" in rows[0]


def test_an_export_is_made_in_the_background_and_audited(app: Flask, auditor: Browser) -> None:
    write(subject="credential:5", actor="account:1", note="=cmd")
    write(Act.alarm, actor="staff:99")
    page = look_for(auditor, group="codes")
    hidden = {n.attrs["name"]: n.attrs.get("value", "") for n in page.all("input") if n.attrs.get("type") == "hidden"}

    page = auditor.post("/bureau/audit/exports", hidden)
    report_id = int(page.response.request.path.rsplit("/", 1)[1])
    run_staff_job(report_id)

    assert "一共 1 条" in auditor.get(f"/bureau/reports/{report_id}").text
    table = auditor.http.get(f"/bureau/reports/{report_id}/file").get_data(as_text=True)
    assert "挂失了医保码" in table and "hotline" not in table
    noted = db.session.scalar(select(AuditRow.detail).where(AuditRow.tag == "audit:exported"))
    assert json.loads(noted or "{}") == {"group": "codes"}


def test_the_chain_is_verified_in_the_background_and_findings_are_named(app: Flask, auditor: Browser) -> None:
    number = write()[0]
    audit.seal_pending(everything=True)
    assert "还没有核验过" in auditor.get("/bureau/audit").text

    run_staff_job(int(auditor.post("/bureau/audit/verifications").response.request.path.rsplit("/", 1)[1]))
    assert "没有发现改动" in auditor.get("/bureau/audit").text
    with schema_changes():
        db.session.execute(update(AuditRow).where(AuditRow.id == number).values(actor="account:2"))
        db.session.commit()
    path = auditor.post("/bureau/audit/verifications").response.request.path
    run_staff_job(int(path.rsplit("/", 1)[1]))

    page = auditor.get(path)
    assert f"被改过，或是别处写进来的：编号 {number}" in page.text
    assert "改过" in page.text and f"/bureau/audit/{number}" in page.html
    assert "发现 1 处不对" in auditor.get("/bureau/audit").text


def test_rows_that_nobody_sealed_are_named_and_nobody_is_accused(app: Flask, auditor: Browser) -> None:
    late = first_id_at(time.time() - 600)
    with transaction():
        audit.record(Act.alarm, actor="system", number=late)
    path = auditor.post("/bureau/audit/verifications").response.request.path

    run_staff_job(int(path.rsplit("/", 1)[1]))

    page = auditor.get(path)
    assert f"过了五分钟还没有封存：编号 {late}" in page.text and f"/bureau/audit/{late}" in page.html
    assert "请马上告诉管理服务器的人" in page.text and "日志被动过" not in page.text


def test_a_verification_that_is_under_way_is_not_asked_for_again(auditor: Browser) -> None:
    auditor.get("/bureau/audit")
    path = auditor.post("/bureau/audit/verifications").response.request.path
    with transaction():
        db.session.execute(update(StaffJob).values(state=StaffJobState.running))

    assert auditor.post("/bureau/audit/verifications").response.request.path == path
    page = auditor.get("/bureau/audit")
    assert "您要的核验还没有做完" in page.text and f'href="{path}"' in page.html
    assert not page.all("form", action="/bureau/audit/verifications")
    asked = select(AuditRow.tag).where(AuditRow.tag.in_(("report:asked", "audit:verified")))
    assert sorted(db.session.scalars(asked)) == ["audit:verified", "report:asked"]

    run_staff_job(int(path.rsplit("/", 1)[1]))
    assert auditor.get("/bureau/audit").all("form", action="/bureau/audit/verifications")


def test_the_sentences_are_plain_chinese(app: Flask) -> None:
    for tag in list_tags():
        words = str(tag.words.sentence)
        assert words and not any("a" <= c <= "z" for c in words), tag


def test_the_alarm_tags_are_known(app: Flask) -> None:
    assert set(alarm_tags()) == {
        "account:sms_flood",
        "hotline:alarm",
        "institution:guesses_numbers",
        "limits:alone",
        "presentation:tags_forged",
        "staff:locked",
        "staff:refused",
    }
    assert set(queries.VIEW_TAGS) <= set(list_tags())


def test_every_kind_that_is_no_row_of_a_model_has_a_noun(app: Flask) -> None:
    """Those of models: tests/house/test_small_words.py."""
    source = "".join(path.read_text() for path in Path("app").rglob("*.py"))

    kinds = set(re.findall(r'\b(?:subject|actor)=f?"([a-z_]+)[:"]', source)) | set(re.findall(r'\bby=f?"([a-z_]+):', source))

    assert {"figures", "secret", "review"} <= kinds
    assert [kind for kind in sorted(kinds) if find_noun(kind) is None] == []
