"""What the hotline follows up: booked call-backs, denied uses, disputes about custody."""

import pytest
from flask import Flask
from sqlalchemy import select

from app.accounts.models import Account
from app.accounts.queries import find_account_by_phone, get_account
from app.core import clock
from app.core.audit import AuditRow
from app.core.db import db
from app.credentials.models import CredentialStatus, DenialOutcome, UseDenial
from app.credentials.queries import find_credential_of
from app.credentials.service import deny_use
from app.credentials.uses import Use
from app.family.models import CallBack, CallBackState, LinkRequest, Relation, RequestState
from app.family.queries import find_call_back, is_disputed
from app.family.service import CHECKLIST, flag_custody
from app.messages.queries import list_messages
from app.roster.queries import cert_no_of
from app.staff.models import Role
from app.staff.queries import find_staff
from app.staff.service import change_roles
from tests.family.people import make_holder_account, make_link_between
from tests.family.story import enrol
from tests.family.test_life_cycle import booked
from tests.kit.client import Browser
from tests.kit.people import make_person
from tests.kit.staff import make_staff, sign_in_staff, staff_browser
from tests.kit.visitors import PHONE, activated_browser
from tests.oversight.test_audit import statements

ALL = {"answers": list(CHECKLIST), "result": "agreed"}


@pytest.fixture
def agent(app: Flask) -> Browser:
    return staff_browser(app, [Role.agent], username="agent")


@pytest.fixture
def call(app: Flask) -> CallBack:
    """A family booked a call."""
    _holder, request_id = booked(app)
    found = find_call_back(request_id)
    assert found is not None
    return found


@pytest.fixture
def denial(app: Flask) -> UseDenial:
    """李明 says that a use was not his; his code is frozen."""
    activated_browser(app)
    account = find_account_by_phone(PHONE)
    assert account is not None and account.person_id is not None
    return deny(account)


def deny(account: Account, scan_id: int = 7) -> UseDenial:
    credential = find_credential_of(account.person_id or 0)
    assert credential is not None
    use = Use(
        scan_id=scan_id,
        credential_id=credential.id,
        at=clock.now(),
        place="示范市人民医院",
        business="挂号",
        shown_by="self",
        was_asked=False,
    )
    return deny_use(credential, use, account_id=account.id)


def state_of(call: CallBack) -> tuple[CallBackState, RequestState]:
    db.session.rollback()
    found = db.session.get_one(CallBack, call.id)
    return found.state, db.session.get_one(LinkRequest, found.request_id).state


def rows(tag: str) -> list[AuditRow]:
    db.session.rollback()
    return list(db.session.scalars(select(AuditRow).where(AuditRow.tag == tag)))


def test_a_booked_call_is_listed_and_opened_with_its_number(agent: Browser, call: CallBack) -> None:
    assert agent.get("/bureau/call-backs").all("a", href=f"/bureau/call-backs/{call.id}")

    page = agent.get(f"/bureau/call-backs/{call.id}")

    assert "13900000001" in page.text and page.all("a", href="tel:13900000001")
    assert [row.subject for row in rows("hotline:call_back_opened")] == [f"call_back:{call.id}"]


def test_agreement_needs_every_line_of_the_checklist(agent: Browser, call: CallBack) -> None:
    path = f"/bureau/call-backs/{call.id}"
    agent.get(path)

    page = agent.post(f"{path}/completion", {"answers": ["recorded", "name"], "result": "agreed"}, expect=422)
    assert "还有 5 项没有确认" in page.text
    assert [n.attrs["value"] for n in page.all("input", type="checkbox") if "checked" in n.attrs] == ["recorded", "name"]
    assert state_of(call) == (CallBackState.booked, RequestState.waiting_authorisation)
    agent.post(f"{path}/completion", ALL)

    assert state_of(call) == (CallBackState.done, RequestState.approved)
    agent.get(path)
    assert "已经有结果了" in agent.page.text and "13900000001" not in agent.page.text


def test_a_no_ends_the_request_and_nobody_decides_it_twice(agent: Browser, call: CallBack) -> None:
    path = f"/bureau/call-backs/{call.id}"
    agent.get(path)

    agent.post(f"{path}/completion", {"answers": list(CHECKLIST), "result": "refused"})

    assert state_of(call) == (CallBackState.failed, RequestState.rejected)
    agent.get("/bureau/call-backs")
    assert "已经有人打过" in agent.post(f"{path}/completion", ALL, expect=409).text
    agent.get("/bureau/call-backs")
    agent.post(f"{path}/no-answer", expect=409)
    assert state_of(call) == (CallBackState.failed, RequestState.rejected)


def test_nobody_answered_is_told_to_the_family_once(agent: Browser, call: CallBack) -> None:
    path = f"/bureau/call-backs/{call.id}"
    agent.get(path)

    agent.post(f"{path}/no-answer")

    assert state_of(call) == (CallBackState.failed, RequestState.waiting_authorisation)
    letters = list_messages(db.session.get_one(LinkRequest, call.request_id).holder_account_id)
    assert letters[0].title == "医保局打过电话，没有人接"


def test_calls_of_another_region_are_not_found(app: Flask, call: CallBack) -> None:
    elsewhere = staff_browser(app, [Role.agent], username="agent", agency="guanghan")

    assert "没有预约的回电" in elsewhere.get("/bureau/call-backs").text
    elsewhere.get(f"/bureau/call-backs/{call.id}", expect=404)
    elsewhere.post(f"/bureau/call-backs/{call.id}/completion", ALL, expect=404)
    assert state_of(call)[0] is CallBackState.booked


def test_nobody_rings_their_own_family(app: Flask, call: CallBack) -> None:
    holder = get_account(db.session.get_one(LinkRequest, call.request_id).holder_account_id)
    make_staff("kin", [Role.agent], person_id=holder.person_id)
    kin = Browser(app)
    sign_in_staff(kin, "kin")
    path = f"/bureau/call-backs/{call.id}"

    assert "您自己或您家人" in kin.get(path, expect=403).text
    kin.get("/bureau/call-backs")
    kin.post(f"{path}/completion", ALL, expect=403)
    kin.post(f"{path}/no-answer", expect=403)

    assert len(rows("hotline:refused")) == 3 and state_of(call)[0] is CallBackState.booked


@pytest.mark.parametrize(
    ("outcome", "word"), [("fraud", "已经按冒用处理"), ("mistaken", "是本人，或者是本人请的人"), ("unclear", "没有查清")]
)
def test_a_denied_use_is_settled_and_the_person_is_told(agent: Browser, denial: UseDenial, outcome: str, word: str) -> None:
    path = f"/bureau/denials/{denial.id}"
    assert agent.get("/bureau/denials").all("a", href=path)
    page = agent.get(path)
    assert "示范市人民医院" in page.text and PHONE in page.text and "已挂失" in page.text

    assert "请选一个结果" in agent.post(f"{path}/settlement", {"outcome": "x"}, expect=422).text
    agent.post(f"{path}/settlement", {"outcome": outcome})

    db.session.rollback()
    settled = db.session.get_one(UseDenial, denial.id)
    assert settled.outcome is DenialOutcome(outcome) and settled.settled_by.startswith("staff:")
    account = find_account_by_phone(PHONE)
    assert account is not None
    letter = list_messages(account.id)[0]
    assert word in letter.body and "恢复使用" in letter.body
    assert settled.credential.status is CredentialStatus.frozen
    assert "没有等着查的" in agent.get("/bureau/denials").text
    agent.get(path)
    agent.post(f"{path}/settlement", {"outcome": "fraud"}, expect=409)


def test_the_agent_rings_about_a_denied_use_and_two_give_the_code_back(app: Flask, agent: Browser, denial: UseDenial) -> None:
    agent.get(f"/bureau/denials/{denial.id}")
    call = agent.post(f"/bureau/denials/{denial.id}/call").response.request.path
    agent.post(f"{call}/unfreezing", expect=409)
    agent.get(call)
    agent.post(f"{call}/verification", {"check": ["document_number", "birthday", "called_back"]})
    agent.post(f"{call}/unfreezing")
    make_staff("colleague", [Role.agent])
    colleague = Browser(app)
    sign_in_staff(colleague, "colleague")
    colleague.get("/bureau/calls")
    colleague.post("/bureau/unfreezings/1/confirmation")

    db.session.rollback()
    assert db.session.get_one(UseDenial, denial.id).credential.status is CredentialStatus.active


def test_denials_of_another_region_and_ones_own_are_not_for_this_agent(app: Flask, denial: UseDenial) -> None:
    elsewhere = staff_browser(app, [Role.agent], username="agent", agency="guanghan")
    make_staff("himself", [Role.agent], person_id=denial.credential.person_id)
    himself = Browser(app)
    sign_in_staff(himself, "himself")
    path = f"/bureau/denials/{denial.id}"

    assert "没有等着查的" in elsewhere.get("/bureau/denials").text
    elsewhere.get(path, expect=404)
    himself.get(path, expect=403)
    himself.get("/bureau/denials")
    himself.post(f"{path}/settlement", {"outcome": "mistaken"}, expect=403)
    himself.post(f"{path}/call", expect=403)

    db.session.rollback()
    assert db.session.get_one(UseDenial, denial.id).settled_at is None


def test_custody_is_marked_from_the_call_about_the_child_and_settled(app: Flask, agent: Browser) -> None:
    child = enrol("20191012", "李朵朵")
    agent.get("/bureau/calls")
    page = agent.post("/bureau/calls/searches", {"by": "name", "name": "李朵朵", "tail": cert_no_of(child)[-4:]})
    call = agent.post(
        next(n.attrs["action"] for n in page.all("form") if n.attrs["action"].endswith("/call"))
    ).response.request.path

    page = agent.post(f"{call}/custody-dispute")

    assert is_disputed(child.id) and "要两位审核员都同意" in page.text
    page = agent.get("/bureau/custody-disputes")
    assert "李朵朵" in page.text and "医保局" in page.text
    agent.post(next(n.attrs["action"] for n in page.all("form") if n.attrs["action"].endswith("/settlement")))
    db.session.rollback()
    assert not is_disputed(child.id)
    agent.post("/bureau/custody-disputes/1/settlement", expect=409)


def test_custody_of_a_grown_up_is_nobodys_matter(agent: Browser, app: Flask) -> None:
    make_person()
    agent.get("/bureau/calls")
    page = agent.post("/bureau/calls/searches", {"by": "name", "name": "李明", "tail": "0017"})
    page = agent.post(next(n.attrs["action"] for n in page.all("form") if n.attrs["action"].endswith("/call")))

    assert "监护有争议" not in page.text
    agent.post(f"{page.response.request.path}/custody-dispute", expect=409)


def test_a_dispute_is_not_settled_by_one_of_its_sides(app: Flask) -> None:
    holder = make_holder_account("13800000031", "19900307", "刘芳")
    child = enrol("20191012", "李朵朵")
    make_link_between(holder, child, Relation.daughter)
    flag_custody(child.id, by="staff:1")
    make_staff("side", [Role.agent], person_id=holder.person_id)
    make_staff("elsewhere", [Role.agent], agency="guanghan")
    for username, expected in (("side", 403), ("elsewhere", 404)):
        browser = Browser(app)
        sign_in_staff(browser, username)
        browser.get("/bureau/custody-disputes")
        browser.post("/bureau/custody-disputes/1/settlement", expect=expected)

    assert is_disputed(child.id) and len(rows("hotline:refused")) == 1


def test_the_lists_cost_the_same_however_much_waits(app: Flask, agent: Browser) -> None:
    """Denials and disputes by the page; calls are bounded by the hours of a fortnight."""
    paths = ("/bureau/denials", "/bureau/custody-disputes", "/bureau/call-backs")
    counts: list[list[int]] = []
    made = 0
    for more in (1, 5):
        for _ in range(more):
            made += 1
            holder = make_holder_account(f"138000001{made:02d}", "19900307", "刘芳", made * 2)
            deny(holder, scan_id=100 + made)
            flag_custody(holder.person_id or 0, by="staff:1")
        counts.append([])
        for path in paths:
            agent.get(path)
            with statements() as sent:
                agent.get(path)
            counts[-1].append(len(sent))

    assert counts[0] == counts[1] and max(counts[0]) <= 12


def test_a_role_taken_away_closes_the_pages_in_open_sessions(app: Flask, agent: Browser, call: CallBack) -> None:
    from_now_on = db.session.scalar(select(AuditRow.id).order_by(AuditRow.id.desc()).limit(1))
    agent.get(f"/bureau/call-backs/{call.id}")
    demote("agent")

    agent.post(f"/bureau/call-backs/{call.id}/completion", ALL, expect=403)
    agent.get("/bureau/denials", expect=403)
    agent.get("/bureau/calls", expect=403)

    assert state_of(call)[0] is CallBackState.booked
    refused = [row for row in rows("staff:refused") if row.id > (from_now_on or 0)]
    assert len(refused) == 3


def demote(username: str) -> None:
    """From now on a reviewer and nothing else."""
    member = find_staff(username)
    assert member is not None
    change_roles(member, [Role.reviewer], by="system")
