"""操作记录: what a person reads about themselves, and what they may not read about others."""

from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from app.activation.audit_tags import ActivationTag
from app.core import audit, clock
from app.core.audit import AuditRow
from app.core.db import db, transaction
from app.credentials.audit_tags import CredentialTag
from app.documents.audit_tags import DocumentTag
from app.family.models import Relation
from app.oversight import records
from app.oversight.words import own_sentence_of, own_tags
from app.staff.models import Role
from tests.family.people import browser_of, make_holder_account, make_link_between
from tests.family.story import enrol
from tests.kit.client import Browser, Page
from tests.kit.staff import make_staff
from tests.kit.visitors import account_and_device, activated_browser
from tests.scanning.desk import Desk, Telephone, make_desk, make_telephone


@pytest.fixture
def desk(app: Flask) -> Desk:
    return make_desk(app)


@pytest.fixture
def telephone(app: Flask) -> Telephone:
    return make_telephone()


def lines(page: Page) -> list[str]:
    return [" ".join(node.text.split()) for node in page.all("li", class_="record")]


def test_what_staff_did_is_told_with_agency_and_post_but_not_the_name(app: Flask) -> None:
    browser = activated_browser(app)
    person_id = account_and_device()[0].person_id
    clerk = make_staff("wang.li", [Role.reviewer, Role.agent])
    with transaction():
        for _page in range(3):
            audit.record(DocumentTag.viewed, actor=clerk.actor, subject="family_request:1", person_id=person_id)
        audit.record(CredentialTag.use_denied, actor="account:999", subject="credential:1", person_id=person_id)
        audit.record(CredentialTag.unlocked, actor="account:1", subject="credential:1", person_id=person_id)
        audit.record(ActivationTag.rebinding_done, actor="account:1", subject="device:2", person_id=person_id)

    page = browser.get("/me/records")

    found = lines(page)
    assert found.pop(0).startswith("您 绑定了一台新设备，可以出示您的医保码")
    assert found[0].startswith("您的家人 说有一次使用不是本人")
    assert found[1].startswith("德阳市本级医保的审核员、话务员 看了您交的材料（3 次）")
    assert any(line.startswith("您 激活了您的医保码") for line in found)
    assert "wang" not in page.text and "员工" not in page.text
    assert browser.get("/me").all("a", href="/me/records")


def test_scans_are_told_with_place_and_lead_to_not_me(app: Flask, desk: Desk, telephone: Telephone) -> None:
    code = telephone.draw(1)
    assert desk.scan(code).json["code"] == 0
    assert desk.scan(code).json["code"] != 0
    browser = Browser(app)
    telephone.holder.sign_in(browser.http)

    page = browser.get("/me/records")

    found = [line for line in lines(page) if "扫了您的医保码" in line]
    assert len(found) == 2 and all(line.startswith("示范市人民医院") for line in found)
    assert "没有通过" in found[0] and "不是我" in found[1] and "不是我" not in found[0]
    scan = db.session.scalar(select(AuditRow.id).where(AuditRow.tag == "scan:attempted", AuditRow.outcome == "ok"))
    link = next(n.attrs["href"] for n in page.all("a") if "denial" in n.attrs.get("href", ""))
    assert link.startswith(f"/me/uses/{scan}/denial") and "马上挂失" in browser.get(link).text


def test_months_follow_each_other_and_none_lies_ahead(app: Flask) -> None:
    browser = activated_browser(app)
    here = clock.today()

    assert "上个月" in browser.get("/me/records").text and "下个月" not in browser.page.text
    earlier = (here.replace(day=1) - timedelta(days=1)).strftime("%Y-%m")
    page = browser.get(f"/me/records?month={earlier}")
    assert "这个月没有记录" in page.text and "下个月" in page.text
    for odd in ("2999-01", "1000-01", "x", "2026-13", "-1"):
        assert f"{here.year} 年 {here.month} 月" in browser.get(f"/me/records?month={odd}").text


def test_a_month_is_read_page_by_page(app: Flask) -> None:
    browser = activated_browser(app)
    person_id = account_and_device()[0].person_id
    with transaction():
        for number in range(70):
            audit.record(
                CredentialTag.frozen if number % 2 else CredentialTag.unfrozen, actor="system", subject="", person_id=person_id
            )

    page = browser.get("/me/records")
    assert len(lines(page)) == 50
    older = next(n.attrs["href"] for n in page.all("a") if "before=" in n.attrs.get("href", ""))

    assert 20 <= len(lines(browser.get(older))) <= 30


def test_of_a_relative_only_the_own_link_and_the_own_phone_are_told(app: Flask) -> None:
    holder = make_holder_account("13800000031", "19900307", "刘芳")
    father = enrol("19501105", "刘国强")
    link = make_link_between(holder, father, Relation.father)
    with transaction():
        audit.record(DocumentTag.viewed, actor="system", subject="family_request:9", person_id=father.id)
        audit.record(CredentialTag.frozen, actor="staff:1", subject="credential:1", person_id=father.id)
    browser = browser_of(app, holder)

    page = browser.get("/me/records")
    of = next(n.attrs["href"] for n in page.all("a") if "of=" in n.attrs.get("href", ""))
    found = lines(browser.get(of))

    assert len(found) == 1 and found[0].startswith("您 添加了绑定，可以出示这张医保码")
    assert f"family_link:{link.id}" in set(db.session.scalars(select(AuditRow.subject)))
    browser.get("/me/records?of=999", expect=404)


def test_somebody_elses_records_are_not_found(app: Flask) -> None:
    other = make_holder_account("13800000031", "19910307", "刘芳")
    browser = activated_browser(app)

    for of in range(1, 5):
        page = browser.http.get(f"/me/records?of={of}")
        assert page.status_code in {200, 404}
        assert "刘" not in page.get_data(as_text=True)
    assert other.person_id


def test_what_citizens_read_is_known_and_plain(app: Flask) -> None:
    sentences = [own_sentence_of(tag) for tag in own_tags()]
    assert sentences and not any("a" <= c <= "z" for sentence in sentences for c in sentence)
    assert records.find_month(None) == clock.today().replace(day=1)
