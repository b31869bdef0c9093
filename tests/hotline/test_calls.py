"""A member at the hotline: finds the person, asks the caller, takes away at once, gives back only with a colleague."""

from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import insert, select

from app.accounts.queries import find_account_by_phone
from app.core import clock
from app.core.audit import AuditRow
from app.core.db import db, transaction
from app.core.settings import settings
from app.credentials.models import CredentialStatus
from app.credentials.queries import find_credential_of
from app.family.models import Relation
from app.messages.queries import list_messages
from app.roster.identity import parse_cert
from app.roster.queries import get_person
from app.roster.service import save_person
from app.scanning.models import HelpEvent
from app.staff.models import Role
from app.staff.queries import find_staff, list_staff_messages
from tests.family.people import make_link_between
from tests.kit.client import Browser, Page
from tests.kit.people import make_activated_account, make_person
from tests.kit.staff import make_staff, sign_in_staff, staff_browser
from tests.kit.visitors import PHONE, activated_browser

THREE = ["document_number", "birthday", "last_use"]


@pytest.fixture
def agent(app: Flask) -> Browser:
    return staff_browser(app, [Role.agent], username="agent")


@pytest.fixture
def caller(app: Flask) -> int:
    """李明 of 旌阳区, with an active credential and a phone of his own; his id."""
    activated_browser(app)
    account = find_account_by_phone(PHONE)
    assert account is not None and account.person_id is not None
    return account.person_id


def search(agent: Browser, by: str, *, expect: int = 200, **fields: str) -> Page:
    agent.get("/bureau/calls")
    return agent.post("/bureau/calls/searches", {"by": by, **fields}, expect=expect)


def open_call(agent: Browser) -> str:
    """Finds 李明 by telephone and opens the call; its address."""
    page = search(agent, "phone", phone=PHONE)
    page = agent.post(next(n.attrs["action"] for n in page.all("form") if n.attrs["action"].endswith("/call")))
    return page.response.request.path


def verify(agent: Browser, call: str, checks: list[str] | None = None) -> Page:
    return agent.post(f"{call}/verification", {"check": THREE if checks is None else checks})


def status_of(person_id: int) -> CredentialStatus:
    db.session.rollback()
    credential = find_credential_of(person_id)
    assert credential is not None
    return credential.status


def find_staff_id(username: str) -> int:
    member = find_staff(username)
    assert member is not None
    return member.id


def tags() -> set[str]:
    return set(db.session.scalars(select(AuditRow.tag)))


def test_a_caller_is_found_three_ways_and_nothing_personal_is_in_the_address(agent: Browser, caller: int) -> None:
    credential = find_credential_of(caller)
    assert credential is not None
    values = {"created_at": clock.now(), "reason": 1006, "credential_id": credential.id, "audit_id": 1, "institution_id": None}
    with transaction():
        db.session.execute(insert(HelpEvent).values(code="P-06-482917", **values))

    for way, fields in (
        ("phone", {"phone": f"+86 {PHONE}"}),
        ("name", {"name": " 李明 ", "tail": "0017"}),
        ("help-code", {"help_code": "p06482917"}),
        ("help-code", {"help_code": "06 482917"}),
    ):
        page = search(agent, way, **fields)
        assert "李明 · 5106**********0017" in page.text, way
        assert not {PHONE, "0017", "482917"} & set(page.response.request.url.split("/")), way


def test_nobody_of_another_region_is_found(app: Flask, caller: int) -> None:
    elsewhere = staff_browser(app, [Role.agent], username="agent", agency="guanghan")

    assert "没有查到" in search(elsewhere, "phone", phone=PHONE).text
    assert "没有查到" in search(elsewhere, "name", name="李明", tail="0017").text


def test_what_was_mistyped_is_said_where_it_was_typed(agent: Browser) -> None:
    for way, fields, word in (
        ("phone", {"phone": "123"}, "手机号"),
        ("name", {"name": "李明", "tail": "17"}, "最后 4 位"),
        ("help-code", {"help_code": "P-06"}, "P-06-482917"),
    ):
        page = search(agent, way, expect=422, **fields)
        assert word in page.one("div", class_="error-summary").text, way


def test_guessing_is_stopped_with_an_alarm(agent: Browser, caller: int) -> None:
    security, auditor = make_staff("security", [Role.secadmin]), make_staff("auditor", [Role.auditadmin])
    for n in range(settings.hotline_misses_per_hour):
        search(agent, "name", name="李明", tail=f"{n:04d}")

    page = search(agent, "name", expect=429, name="李明", tail="0017")
    search(agent, "phone", expect=429, phone=PHONE)

    assert "查询先停下来" in page.text and "hotline:alarm" in tags()
    for member in (security, auditor):
        assert [letter.href for letter in list_staff_messages(member.id)] == ["/bureau/alarms"], "told once, not per attempt"
    assert list_staff_messages(find_staff_id("agent")) == []
    clock.move(timedelta(hours=1, seconds=1))
    sign_in_staff(agent, "agent")
    assert "李明" in search(agent, "phone", phone=PHONE).text


def test_freezing_needs_no_checks_and_holds_at_once(agent: Browser, caller: int) -> None:
    call = open_call(agent)

    page = agent.post(f"{call}/freezing")

    assert "已挂失" in page.text and status_of(caller) is CredentialStatus.frozen
    assert "hotline:frozen" in tags()


def test_other_acts_need_three_right_answers(agent: Browser, caller: int) -> None:
    call = open_call(agent)
    agent.post(f"{call}/freezing")

    assert "只能挂失和留言" in verify(agent, call, ["birthday", "insured_region"]).text
    agent.post(f"{call}/unfreezing", expect=409)
    agent.post(f"{call}/devices/1/removal", expect=409)
    assert "已核对" in verify(agent, call).text
    agent.post(f"{call}/unfreezing")


def test_giving_back_by_telephone_takes_a_second_person(app: Flask, agent: Browser, caller: int) -> None:
    call = open_call(agent)
    agent.post(f"{call}/freezing")
    verify(agent, call)
    agent.post(f"{call}/unfreezing")
    assert "要由另一位话务员" in agent.get("/bureau/calls").text
    agent.post("/bureau/unfreezings/1/confirmation", expect=403)
    assert status_of(caller) is CredentialStatus.frozen

    make_staff("colleague", [Role.agent])
    colleague = Browser(app)
    sign_in_staff(colleague, "colleague")
    page = colleague.get("/bureau/calls")
    assert "李*" in page.text and "说对了出生年月日" in page.text
    colleague.post("/bureau/unfreezings/1/confirmation")

    assert status_of(caller) is CredentialStatus.active
    colleague.post("/bureau/unfreezings/1/refusal", expect=409)
    account = find_account_by_phone(PHONE)
    assert account is not None
    assert "两位工作人员" in list_messages(account.id)[0].body


def test_a_colleague_of_another_region_confirms_nothing(app: Flask, agent: Browser, caller: int) -> None:
    call = open_call(agent)
    agent.post(f"{call}/freezing")
    verify(agent, call)
    agent.post(f"{call}/unfreezing")
    make_staff("colleague", [Role.agent], agency="guanghan")
    colleague = Browser(app)
    sign_in_staff(colleague, "colleague")

    colleague.get("/bureau/calls")
    colleague.post("/bureau/unfreezings/1/confirmation", expect=404)

    assert status_of(caller) is CredentialStatus.frozen


def test_devices_and_links_are_unbound_for_a_verified_caller(agent: Browser, caller: int) -> None:
    holder = make_activated_account("13800000009", number="510600199003070025", name="刘芳")
    link = make_link_between(holder, get_person(caller), Relation.spouse)
    call = open_call(agent)
    verify(agent, call)
    page = agent.get(call)
    device = next(n.attrs["action"] for n in page.all("form") if n.attrs["action"].endswith("/removal"))

    assert "已移除" in agent.post(device).text
    assert "已解绑" in agent.post(f"{call}/links/{link.id}/unbinding").text

    assert not agent.get(call).all("button", aria_label="解绑第 1 个")


def test_a_message_arrives_in_the_inbox(agent: Browser, caller: int) -> None:
    call = open_call(agent)

    agent.post(f"{call}/message", {"text": " "}, expect=422)
    agent.post(f"{call}/message", {"text": "请带身份证到旌阳区窗口。"})

    account = find_account_by_phone(PHONE)
    assert account is not None
    assert list_messages(account.id)[0].body == "请带身份证到旌阳区窗口。"


def test_a_call_is_its_members_own_and_over_after_half_an_hour(app: Flask, agent: Browser, caller: int) -> None:
    call = open_call(agent)
    make_staff("colleague", [Role.agent])
    colleague = Browser(app)
    sign_in_staff(colleague, "colleague")

    colleague.get(call, expect=404)
    colleague.post(f"{call}/freezing", expect=404)
    clock.move(timedelta(minutes=14))
    agent.get(call)
    clock.move(timedelta(minutes=14))
    agent.get("/bureau")
    clock.move(timedelta(minutes=3))

    agent.get(call, expect=404)


def test_somebody_not_searched_for_cannot_be_opened(agent: Browser, caller: int) -> None:
    with transaction():
        other = save_person(cert=parse_cert("01", "510600199003070025"), name="王芳", insured_region="510603", insutype="310")
    page = search(agent, "phone", phone=PHONE)
    opening = next(n.attrs["action"] for n in page.all("form") if n.attrs["action"].endswith("/call"))

    agent.post(opening.replace(f"/persons/{caller}/", f"/persons/{other.id}/"), expect=404)


def test_nobody_serves_themselves(app: Flask) -> None:
    person = make_person()
    make_staff("agent", [Role.agent], person_id=person.id)
    agent = Browser(app)
    sign_in_staff(agent, "agent")
    page = search(agent, "name", name="李明", tail="0017")

    agent.post(next(n.attrs["action"] for n in page.all("form") if n.attrs["action"].endswith("/call")), expect=403)
