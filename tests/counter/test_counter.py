"""The counter: found by one field, papers looked at, then a slip, a letter, a family."""

import re
import secrets
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import func, select

from app.accounts.browser import Browser as BrowserKey
from app.accounts.models import Account
from app.accounts.service import bind_device, load_notices, start_session
from app.core import clock
from app.core.audit import AuditRow
from app.core.db import db, transaction
from app.core.settings import settings
from app.credentials.code_format import make_code
from app.credentials.models import CredentialKind, Slip
from app.credentials.queries import find_credential_of
from app.credentials.service import activate_credential, open_presentation
from app.family.models import FamilyLink, LinkState, Relation, Way
from app.family.queries import list_links
from app.family.service import flag_custody
from app.institutions.business_types import COUNTER
from app.institutions.models import Institution
from app.messages.queries import list_messages
from app.proofs.models import CounterCode
from app.roster.identity import parse_cert
from app.roster.models import InsuredPerson
from app.roster.queries import cert_no_of
from app.roster.service import save_person
from app.scanning.models import Scan
from app.staff.models import Role
from tests.family.people import make_holder_account, make_request
from tests.family.story import enrol
from tests.kit.client import Browser, Page
from tests.kit.people import make_activated_account, make_person
from tests.kit.staff import make_staff, sign_in_staff, staff_browser
from tests.scanning.desk import ORG, Desk, assert_refused, make_desk

BUREAU_COUNTER = "H51060000009"
NUMBER = "510600199003070017"


@pytest.fixture
def clerk(app: Flask) -> Browser:
    return staff_browser(app, [Role.counter], username="clerk")


@pytest.fixture
def bureau_counter(app: Flask) -> Desk:
    return make_desk(app, BUREAU_COUNTER, scenes=[COUNTER], region="510699")


@pytest.fixture
def hospital(app: Flask) -> Desk:
    return make_desk(app, ORG)


def make_citizen() -> Account:
    """李明, who has activated."""
    account = make_activated_account()
    assert account.person_id is not None
    activate_credential(account.person_id, by=f"account:{account.id}")
    return account


def enter(clerk: Browser, entry: str, *, expect: int = 200) -> Page:
    nonce = clerk.get("/bureau/counter").hidden()["nonce"]
    return clerk.post("/bureau/counter/entries", {"entry": entry, "nonce": nonce}, expect=expect)


def begin(clerk: Browser, entry: str = NUMBER) -> str:
    """Finds somebody, looks at the papers; the address of the visit."""
    page = enter(clerk, entry)
    return clerk.post(page.one("form", class_="form").attrs["action"], {"papers": "y"}).response.request.path


def give_slip(clerk: Browser, visit: str, *, expect: int = 200, place: str = ORG, purpose: str = "01301", **more: str) -> Page:
    clerk.get(visit)
    return clerk.post(f"{visit}/slips", {"place": place, "purpose": purpose, **more}, expect=expect)


def code_on(page: Page) -> str:
    return page.one("svg", class_="paper-code").attrs["data-code"]


def number_on(page: Page) -> str:
    return next(node.text for node in page.nodes if "data-number" in node.attrs).replace(" ", "")


def tags() -> list[str]:
    db.session.rollback()
    return list(db.session.scalars(select(AuditRow.tag).order_by(AuditRow.id)))


def count(what: type) -> int:
    db.session.rollback()
    return int(db.session.scalar(select(func.count()).select_from(what)) or 0)


def test_a_slip_is_issued_printed_and_scanned(app: Flask, clerk: Browser, hospital: Desk) -> None:
    holder = make_citizen()

    page = give_slip(clerk, begin(clerk), place="示范市人民", purpose="01301")

    assert all(word in page.text for word in ("李*", "示范市人民医院", "结算", "当天，用一次"))
    assert hospital.scan(code_on(page)).json["data"]["extData"]["shownBy"] == "slip"
    assert_refused(hospital.scan(number_on(page)), 1006, is_of_paper=True)
    make_desk(app, BUREAU_COUNTER, scenes=[COUNTER], region="510699")
    counter_says = enter(clerk, number_on(page)).text
    assert "这张纸质码今天已经用过了" in counter_says and "再开一张" in counter_says and "刷新" not in counter_says
    assert {"counter:visit_opened", "counter:slip_issued", "slip:issued"} <= set(tags())
    row = db.session.scalars(select(AuditRow).where(AuditRow.tag == "counter:slip_issued")).one()
    assert "original_checked" in str(row.detail) and row.person_id == holder.person_id


def test_who_has_no_code_signs_on_paper_first(app: Flask, clerk: Browser, hospital: Desk) -> None:
    load_notices()
    person = make_person()
    visit = begin(clerk)

    assert "纸质告知书" in give_slip(clerk, visit, expect=422).one("div", class_="error-summary").text
    assert find_credential_of(person.id) is None
    page = give_slip(clerk, visit, consent="y")

    assert hospital.scan(code_on(page)).json["code"] == 0
    credential = find_credential_of(person.id)
    assert credential is not None and credential.kind is CredentialKind.held
    assert "纸质告知书" not in clerk.get(visit).text


def test_nothing_is_done_before_the_papers_are_looked_at(clerk: Browser, app: Flask) -> None:
    make_person()
    page = enter(clerk, NUMBER)

    again = clerk.post(page.one("form", class_="form").attrs["action"], {}, expect=422)

    assert "请看过证件原件" in again.text or "还没有核对证件" in again.text
    assert "counter:visit_opened" not in tags()
    clerk.get("/bureau/counter/visits/1", expect=404)


def test_mistakes_are_said_where_they_were_made(clerk: Browser, hospital: Desk) -> None:
    make_citizen()
    visit = begin(clerk)
    for place, purpose, word in (
        ("", "01301", "机构编号或名称"),
        ("没有这家", "01301", "没有这家能扫码的机构"),
        (ORG, "", "请选择办什么业务"),
        (ORG, "09901", "没有开通这项业务"),
    ):
        page = give_slip(clerk, visit, expect=422, place=place, purpose=purpose)
        assert word in page.one("div", class_="error-summary").text, word
    for entry, word in (("", "请扫医保码"), ("5106001990", "18 位"), ("510600199003070018", "最后一位")):
        assert word in enter(clerk, entry, expect=422).one("div", class_="error-summary").text, word
    clerk.get("/bureau/counter")
    assert "最后 4 位" in clerk.post("/bureau/counter/searches", {"by": "name", "name": "李明", "tail": "1"}, expect=422).text
    assert "证件" in clerk.post("/bureau/counter/searches", {"by": "document", "cert_type": "08", "cert_no": ""}, expect=422).text


def test_an_unclear_name_lists_whom_it_could_mean(clerk: Browser, hospital: Desk, app: Flask) -> None:
    make_desk(app, "H51060000002")
    with transaction():
        db.session.get_one(Institution, 2).name = "示范市中医医院"
    make_citizen()

    page = give_slip(clerk, begin(clerk), expect=422, place="示范市")

    assert "示范市人民医院" in page.one("div", class_="error-summary").text and "示范市中医医院" in page.text


def test_the_paper_can_be_opened_again_for_minutes_and_then_replaced(clerk: Browser, hospital: Desk) -> None:
    make_citizen()
    visit = begin(clerk)
    page = give_slip(clerk, visit)
    old, address = code_on(page), page.response.request.path
    assert code_on(clerk.get(address)) == old
    assert "作废重开" in give_slip(clerk, visit, expect=409).text

    clock.move(timedelta(minutes=6))
    assert "重新开一张" in clerk.get(address, expect=409).text
    new = clerk.post(f"{visit}{address.removeprefix('/bureau/counter')}/replacement")

    assert_refused(hospital.scan(old), 1007, is_of_paper=True)
    assert hospital.scan(code_on(new)).json["code"] == 0
    clerk.post(f"{visit}{new.response.request.path.removeprefix('/bureau/counter')}/replacement", expect=409)


def test_todays_slips_are_listed_and_revoked_also_by_a_colleague(app: Flask, clerk: Browser, hospital: Desk) -> None:
    make_citizen()
    page = give_slip(clerk, begin(clerk))
    code, number = code_on(page), number_on(page)
    colleague = staff_browser(app, [Role.counter], username="colleague", agency="jingyang")

    listed = colleague.get("/bureau/counter/slips")
    assert "李*" in listed.text and number not in listed.html and "没有用" in listed.text
    colleague.get("/bureau/counter/slips/1", expect=409)
    assert "已作废" in colleague.post("/bureau/counter/slips/1/revocation").text

    assert_refused(hospital.scan(code), 1007, is_of_paper=True)
    over = colleague.post("/bureau/counter/slips/1/revocation", expect=409)
    assert over.one("a", class_="button button-primary").attrs["href"] == "/bureau/counter" and "回到首页" not in over.text
    clock.move(timedelta(days=1))
    sign_in_staff(colleague, "colleague")
    assert "还没有开过" in colleague.get("/bureau/counter/slips").text


def test_another_region_finds_and_touches_nothing(app: Flask, clerk: Browser, hospital: Desk, bureau_counter: Desk) -> None:
    holder = make_citizen()
    visit = begin(clerk)
    give_slip(clerk, visit)
    elsewhere = staff_browser(app, [Role.counter], username="elsewhere", agency="guanghan")

    assert "没有查到" in enter(elsewhere, NUMBER).text
    elsewhere.get(visit, expect=404)
    elsewhere.get("/bureau/counter/slips/1", expect=404)
    elsewhere.post("/bureau/counter/slips/1/revocation", expect=404)
    assert "还没有开过" in elsewhere.get("/bureau/counter/slips").text

    page = enter(elsewhere, draw(holder))
    assert "李明" in page.text and "只能看，不能办" in page.text
    elsewhere.post("/bureau/counter/scans/1/visit", {"papers": "y"}, expect=403)


def draw(account: Account) -> str:
    """A code of this account's own phone."""
    with transaction():
        device = start_session(account, BrowserKey(secrets.token_bytes(32), "手机")).session.device
        bind_device(device)
    credential = find_credential_of(account.person_id or 0)
    assert credential is not None
    opened = open_presentation(credential, device, holds=None, wants_key=True)
    assert opened.key is not None
    return make_code(opened.key, opened.presentation.handle, int(clock.timestamp()))


def test_a_code_at_the_counter_says_who_it_is_and_opens_the_visit(clerk: Browser, bureau_counter: Desk) -> None:
    holder = make_citizen()
    nonce = clerk.get("/bureau/counter").hidden()["nonce"]
    code = draw(holder)

    page = clerk.post("/bureau/counter/entries", {"entry": f" {code}\r\n", "nonce": nonce})
    assert "李明" in page.text and "本人的手机" in page.text and "正常" in page.text and "5106**********0017" in page.text
    twin = clerk.post("/bureau/counter/entries", {"entry": code, "nonce": nonce})
    assert twin.response.request.path == page.response.request.path and count(Scan) == 1
    scan = db.session.scalars(select(Scan)).one()
    assert (scan.business_type, scan.outcome, scan.operator_name) == (COUNTER, 0, "员工clerk")

    visit = clerk.post(f"{page.response.request.path}/visit", {"papers": "y"})
    assert "为 李明 办理" in visit.text

    refused = enter(clerk, code)
    assert "已使用" in refused.text or "用过" in refused.text
    assert re.search(r"P-06-\d{6}", refused.text) and "请" in refused.text


def test_a_wrong_number_at_the_counter_is_refused_in_words(clerk: Browser, bureau_counter: Desk) -> None:
    assert "P-01-" in enter(clerk, "123456789012").text
    for _ in range(settings.wrong_typed_per_minute):
        assert "P-02-" in enter(clerk, "000000000000").text
    assert "P-55-" in enter(clerk, "000000000000").text


def test_an_agency_without_a_counter_says_what_to_do(clerk: Browser, app: Flask) -> None:
    assert "还没有登记为扫码机构" in clerk.get("/bureau/counter").text
    assert "系统管理员" in enter(clerk, "000000000000", expect=409).text


def test_guessing_numbers_is_stopped_with_the_hotlines_alarm(clerk: Browser) -> None:
    make_person()
    for n in range(settings.hotline_misses_per_hour):
        clerk.get("/bureau/counter")
        clerk.post("/bureau/counter/searches", {"by": "name", "name": "李明", "tail": f"{n:04d}"})

    assert "查询先停下来" in enter(clerk, NUMBER, expect=429).text
    assert "hotline:alarm" in tags()


def test_a_letter_shows_its_digits_for_minutes_and_ends_the_older_one(app: Flask, clerk: Browser) -> None:
    holder = make_citizen()
    visit = begin(clerk)

    page = clerk.post(f"{visit}/letters", {"kind": "activation"})
    digits = next(node.text for node in page.nodes if "data-counter-code" in node.attrs)
    assert re.fullmatch(r"\d{4} \d{4}", digits) and "激活医保码" in page.text
    assert digits in clerk.get(f"{visit}/letter").text
    other = clerk.post(f"{visit}/letters", {"kind": "family"})
    assert "添加家庭成员" in other.text and digits not in other.text
    assert count(CounterCode) == 2
    clock.move(timedelta(minutes=6))
    assert "不保存" in clerk.get(f"{visit}/letter", expect=410).text

    clerk.get(visit)
    clerk.post(f"{visit}/letters", {"kind": "pizza"}, expect=404)
    assert list_messages(holder.id)[0].title == "窗口给您打印了一张核验码"
    assert digits.replace(" ", "") not in str([row.__dict__ for row in db.session.scalars(select(AuditRow))])


def test_a_visit_is_its_clerks_own_and_over_after_half_an_hour(app: Flask, clerk: Browser) -> None:
    make_person()
    visit = begin(clerk)
    make_staff("colleague", [Role.counter])
    colleague = Browser(app)
    sign_in_staff(colleague, "colleague")

    colleague.get(visit, expect=404)
    for _ in range(2):
        clock.move(timedelta(minutes=14))
        clerk.get(visit)
    clock.move(timedelta(minutes=3))
    clerk.get(visit, expect=404)


def test_nobody_serves_themselves(app: Flask) -> None:
    person = make_person()
    make_staff("clerk", [Role.counter], person_id=person.id)
    clerk = Browser(app)
    sign_in_staff(clerk, "clerk")
    page = enter(clerk, NUMBER)

    clerk.post(page.one("form", class_="form").attrs["action"], {"papers": "y"}, expect=403)


def bind(clerk: Browser, visit: str, number: str, relation: str, *, expect: int = 200, **more: str) -> Page:
    clerk.get(f"{visit}/family")
    fields = {"cert_type": "01", "cert_no": number, "relation": relation, **({"both_here": "y"} | more)}
    return clerk.post(f"{visit}/family", {k: v for k, v in fields.items() if v}, expect=expect)


def test_a_family_is_bound_with_both_at_the_window(app: Flask, clerk: Browser) -> None:
    load_notices()
    holder = make_holder_account("13800000011", "19870223", "刘芳", 2)
    with transaction():
        father, child = enrol("19500101", "刘大山", 3), enrol(f"{clock.today().year - 8}0105", "刘乐乐", 5)
    visit = begin(clerk, cert_no_of(db.session.get_one(InsuredPerson, holder.person_id)))

    assert "还没有核对两个人" in bind(clerk, visit, cert_no_of(father), "father", expect=422, both_here="").text
    assert "对不上" in bind(clerk, visit, cert_no_of(father), "son", expect=422).text
    assert "已绑定" in bind(clerk, visit, cert_no_of(father), "father").text
    assert "已绑定" in bind(clerk, visit, cert_no_of(child), "son").text
    bind(clerk, visit, cert_no_of(child), "son", expect=409)
    assert "没有这个人" in bind(clerk, visit, "510600198506129012", "sister", expect=422).text

    links = list_links(holder.id)
    assert [(link.way, link.of_age_on is not None) for link in links] == [(Way.counter_code, False), (Way.documents, True)]
    assert tags().count("counter:family_bound") == 2


def test_a_disputed_child_is_for_two_reviewers(app: Flask, clerk: Browser) -> None:
    holder = make_holder_account("13800000011", "19870223", "刘芳", 2)
    with transaction():
        child = enrol(f"{clock.today().year - 8}0105", "刘乐乐", 5)
    flag_custody(child.id, by="system")
    visit = begin(clerk, cert_no_of(db.session.get_one(InsuredPerson, holder.person_id)))

    assert "两位审核员" in bind(clerk, visit, cert_no_of(child), "son", expect=409).text
    assert count(FamilyLink) == 0


def test_the_member_says_yes_at_the_counter_to_a_request_that_waits(app: Flask, clerk: Browser) -> None:
    load_notices()
    holder = make_holder_account("13800000011", "19870223", "刘芳", 2)
    with transaction():
        father = enrol("19500101", "刘大山", 3)
    asked = make_request(holder, father, Relation.father, Way.counter_code)
    visit = begin(clerk, cert_no_of(father))
    assert "刘* 申请添加本人为父亲" in clerk.get(visit).text

    clerk.post(f"{visit}/requests/{asked.id}/authorisation")

    links = list_links(holder.id)
    assert [(link.state, link.way) for link in links] == [(LinkState.active, Way.counter_code)]
    clerk.post(f"{visit}/requests/{asked.id}/authorisation", expect=409)


def test_who_was_found_by_another_document_can_be_served(app: Flask, clerk: Browser) -> None:
    with transaction():
        save_person(
            cert=parse_cert("08", "E1234567X"), name="DUPONT MARIE", insured_region="510603", insutype="310", nationality="FRA"
        )
    clerk.get("/bureau/counter")

    page = clerk.post("/bureau/counter/searches", {"by": "document", "cert_type": "08", "cert_no": "e1234567x"})

    assert "DUPONT MARIE" in page.text
    assert "为 DUPONT MARIE 办理" in clerk.post(page.one("form", class_="form").attrs["action"], {"papers": "y"}).text
    assert count(Slip) == 0
