from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from app.accounts.models import Consent, ConsentPurpose
from app.accounts.queries import find_notice
from app.accounts.service import load_notices, withdraw_consent
from app.core.audit import AuditRow
from app.core.db import db, transaction
from app.core.errors import DomainError
from app.family.models import Relation
from app.messages.queries import list_messages
from app.mutual_aid import queries, service
from app.mutual_aid.models import MutualAid
from app.mutual_aid.money import InvalidAmount, parse_yuan, show_yuan
from app.roster.models import InsuredPerson, InsuredStatus
from app.roster.queries import cert_no_of
from tests.credentials.holders import PIN, Holder, make_holder, make_person
from tests.kit.client import Browser

MOTHER = "51060019600307102"
CHILD = "51060020150307101"


@pytest.fixture
def payer(app: Flask) -> Holder:
    load_notices()
    return make_holder()


@pytest.fixture
def browser(app: Flask, payer: Holder) -> Browser:
    made = Browser(app)
    payer.sign_in(made.http)
    return made


def _mother(**more: Any) -> InsuredPerson:
    return make_person(MOTHER, "王芳", **more)


def _filled(person: InsuredPerson, **changes: str) -> dict[str, str]:
    return {
        "relation": "mother",
        "name": person.name,
        "cert_type": "01",
        "cert_no": cert_no_of(person),
        "monthly_cap": "200",
        "agrees": "y",
        "pin": PIN,
        **changes,
    }


def _authorise(browser: Browser, person: InsuredPerson, *, expect: int = 200, **changes: str) -> Any:
    browser.get("/services/mutual-aid/new")
    return browser.post("/services/mutual-aid", _filled(person, **changes), expect=expect)


def test_anybody_may_read_the_five_sentences(app: Flask) -> None:
    page = Browser(app).get("/services/mutual-aid")

    assert len([n for n in page.nodes if n.tag == "li" and ("亲情账户" in n.text or "家庭共济" in n.text or "职工" in n.text)]) >= 4
    assert "是两件事" in page.text
    assert "先扫看病那个人的码，再扫出钱那个人的码" in page.text


def test_a_payer_authorises_and_both_are_told(browser: Browser, payer: Holder) -> None:
    mother = make_holder(stem=MOTHER, name="王芳")

    page = _authorise(browser, mother.person, monthly_cap="￥1,200.50")

    assert "母亲 · 王*" in page.text
    assert "每月最多 1,200.50 元" in page.text
    found = queries.list_received(mother.person.id)
    assert [(aid.payer_person_id, aid.monthly_cap, aid.relation) for aid in found] == [(payer.person.id, 120_050, Relation.mother)]
    assert "王*" in list_messages(payer.account.id)[0].body
    assert "李* 的个人账户，每月最多 1,200.50 元" in list_messages(mother.account.id)[0].body
    assert "mutual_aid:authorised" in db.session.scalars(select(AuditRow.tag)).all()
    consent = db.session.scalars(select(Consent)).one()
    assert consent.notice.purpose is ConsentPurpose.mutual_aid


def test_either_side_takes_it_back(app: Flask, browser: Browser, payer: Holder) -> None:
    mother = make_holder(stem=MOTHER, name="王芳")
    _authorise(browser, mother.person)
    aid = queries.list_given(payer.person.id)[0]
    hers = Browser(app)
    mother.sign_in(hers.http)

    assert "我能用谁的个人账户" in hers.get("/services/mutual-aid").text
    hers.get(f"/services/mutual-aid/{aid.id}/revocation")
    page = hers.post(f"/services/mutual-aid/{aid.id}/revocation")

    assert "已取消授权" in page.text
    assert queries.list_received(mother.person.id) == []
    assert db.session.get_one(MutualAid, aid.id).revoked_by == f"account:{mother.account.id}"
    assert list_messages(payer.account.id)[0].title == "家庭共济授权已取消"
    assert "已经取消" in browser.get(f"/services/mutual-aid/{aid.id}/revocation").text
    assert _authorise(browser, mother.person).status == 200, "and it may be given again"


def test_withdrawing_the_consent_takes_all_back(browser: Browser, payer: Holder) -> None:
    child = make_person(CHILD, "李小")
    _authorise(browser, _mother())
    _authorise(browser, child, relation="son" if child.gender == "1" else "daughter")
    assert len(queries.list_given(payer.person.id)) == 2

    withdraw_consent(db.session.scalars(select(Consent)).one())

    assert queries.list_given(payer.person.id) == []


def test_what_does_not_fit_is_said_and_nothing_is_given(subtests: pytest.Subtests, browser: Browser, payer: Holder) -> None:
    mother = _mother()

    for changes, sentence in (
        ({"name": "王方"}, "没有找到和您填的完全一致的人"),
        ({"relation": "daughter"}, "和你们两人的年龄对不上"),
        ({"relation": "father"}, "性别对不上"),
        ({"relation": "ward"}, "请选家人和您的关系"),
        ({"monthly_cap": "0"}, "要大于 0 元"),
        ({"monthly_cap": "很多"}, "请用数字填金额"),
        ({"monthly_cap": "100001"}, "最多 100,000 元"),
        ({"agrees": ""}, "要同意这一项才能继续"),
        ({"pin": "999990"}, "展码密码不对"),
        ({"pin": ""}, "请输入展码密码"),
    ):
        with subtests.test(changes=changes, sentence=sentence):
            page = _authorise(browser, mother, expect=422, **changes)

            assert sentence in page.text
            assert page.one("input", name="cert_no").attrs["value"], "what was typed is kept"
            assert queries.list_given(payer.person.id) == []


def test_oneself_a_stranger_and_the_same_again_are_refused(browser: Browser, payer: Holder) -> None:
    assert "您填的是您自己" in _authorise(browser, payer.person, expect=422).text
    stranger = _filled(payer.person, cert_no="510600196003079999")
    browser.get("/services/mutual-aid/new")
    assert "身份证号最后一位对不上" in browser.post("/services/mutual-aid", stranger, expect=422).text
    mother = _mother()
    _authorise(browser, mother)

    assert "已经授权这位家人" in _authorise(browser, mother, expect=409).text


def test_residents_and_the_suspended_cannot_pay(app: Flask, browser: Browser, payer: Holder) -> None:
    mother = _mother()
    _authorise(browser, mother)
    with transaction():
        payer.person.insutype = "390"

    assert "不是职工医保" in browser.get("/services/mutual-aid/new").text
    with transaction():
        payer.person.insutype, payer.person.status = "310", InsuredStatus.suspended
    notice = find_notice(ConsentPurpose.mutual_aid)
    assert notice is not None
    with pytest.raises(DomainError, match="payer_suspended"):
        service.authorise_payment(
            payer.account,
            relation=Relation.mother,
            name="王芳",
            cert=None,
            monthly_cap=1,
            notice=notice,
        )


def test_a_relative_who_is_not_insured_now_cannot_be_paid_for(browser: Browser, payer: Holder) -> None:
    mother = _mother()
    with transaction():
        mother.status = InsuredStatus.ended

    page = _authorise(browser, mother, expect=403)

    assert "这位家人现在不是正常参保状态" in page.text
    assert queries.list_given(payer.person.id) == []
    assert list(db.session.scalars(select(Consent))) == [], "a refusal leaves no consent behind"


def test_nobody_elses_authorisation_is_found(app: Flask, browser: Browser, payer: Holder) -> None:
    _authorise(browser, _mother())
    aid = queries.list_given(payer.person.id)[0]
    other = Browser(app)
    make_holder(stem="51060019850307002", name="张三").sign_in(other.http)
    token = other.get("/services/mutual-aid/new").hidden()

    assert other.http.get(f"/services/mutual-aid/{aid.id}/revocation").status_code == 404
    assert other.http.post(f"/services/mutual-aid/{aid.id}/revocation", data=token).status_code == 404
    assert Browser(app).http.get("/services/mutual-aid/new").location.startswith("/sign-in")


def test_amounts_are_read_as_people_write_them(subtests: pytest.Subtests) -> None:
    for text, fen in (("200", 20000), (" ２００.5 元", 20050), ("￥1,200.00", 120000), ("0.01", 1)):
        with subtests.test(text=text, fen=fen):
            assert parse_yuan(text, most=10_000_000) == fen


def test_other_amounts_are_refused(subtests: pytest.Subtests, app: Flask) -> None:
    for text in ("", "-5", "1.234", "1e5", "12 000 000", "二百"):
        with subtests.test(text=text), app.test_request_context(), pytest.raises(InvalidAmount):
            parse_yuan(text, most=1_000_000)


def test_amounts_are_shown_with_two_places() -> None:
    assert [show_yuan(fen) for fen in (1, 20050, 120_000_000)] == ["0.01", "200.50", "1,200,000.00"]
