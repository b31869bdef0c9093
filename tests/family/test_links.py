"""Showing a relative's code, unbinding, freezing, taking over; what a scan says of it."""

import pytest
from flask import Flask
from sqlalchemy import select

from app.accounts.models import ConsentPurpose
from app.accounts.queries import list_consents
from app.accounts.service import withdraw_consent
from app.core import clock
from app.core.audit import AuditRow
from app.core.db import db
from app.credentials.models import CredentialKind, CredentialStatus
from app.credentials.queries import find_credential_of
from app.family.models import LinkEnd, LinkState, Relation, Way
from app.family.queries import list_links_of_member
from app.family.service import end_link
from app.roster.identity import full_age
from app.roster.models import InsuredPerson, InsuredStatus
from tests.activation import story as activation
from tests.family.people import browser_of, make_holder_account, make_link_between
from tests.family.story import account_of, add_by_face, enrol, holder, links, number, titles
from tests.kit.client import Browser
from tests.kit.people import PIN
from tests.scanning.desk import Desk, make_desk

FATHER = "19501105"


@pytest.fixture
def desk(app: Flask) -> Desk:
    return make_desk(app)


def show(browser: Browser, person: InsuredPerson) -> str:
    """The digits of this person's code on the holder's phone."""
    credential = find_credential_of(person.id)
    assert credential is not None
    page = browser.get(f"/code/{credential.id}")
    if not [n for n in page.nodes if "data-code" in n.attrs]:
        page = browser.post("/code/unlocking", {"pin": PIN, "of": str(credential.id)})
    return next(n.attrs["data-code"] for n in page.nodes if "data-code" in n.attrs)


def with_father(app: Flask) -> tuple[Browser, InsuredPerson]:
    father = enrol(FATHER, "李大山")
    browser = holder(app)
    add_by_face(browser, FATHER, "father", name="李大山")
    return browser, father


def test_the_scan_of_a_relatives_code_says_family_and_whose(app: Flask, desk: Desk) -> None:
    browser, father = with_father(app)

    answer = desk.scan(show(browser, father)).json

    assert answer["code"] == 0
    assert answer["data"]["userName"] == "李大山"
    assert answer["data"]["idNo"] == number(FATHER)
    assert answer["data"]["extData"]["shownBy"] == "family"
    used = db.session.scalars(select(AuditRow).where(AuditRow.tag == "family_link:used")).one()
    assert '"relation": "father"' in used.detail
    assert "family_link" in used.subject
    scan = db.session.scalars(select(AuditRow).where(AuditRow.tag.like("scan:%"), AuditRow.outcome == "ok")).one()
    assert '"relation": "father"' in scan.detail


def test_after_unbinding_the_next_scan_says_link_ended_and_the_held_credential_rests(app: Flask, desk: Desk) -> None:
    browser, father = with_father(app)
    code = show(browser, father)
    link = links()[0]

    browser.get(f"/family/{link.id}/unbinding")
    page = browser.post(f"/family/{link.id}/unbinding")

    assert "已解绑" in page.text
    assert desk.scan(code).json["reason"] == "link_ended"
    assert find_credential_of(father.id) is None
    assert all(c.withdrawn_at for c in list_consents(account_of().id) if c.notice.purpose is ConsentPurpose.family_authorisation)
    browser.get(f"/family/{link.id}", expect=410)
    add_by_face(browser, FATHER, "father", name="李大山")
    assert desk.scan(show(browser, father)).json["code"] == 0


def test_a_relative_may_stop_the_code_but_not_start_it(app: Flask, desk: Desk) -> None:
    browser, father = with_father(app)
    code, link = show(browser, father), links()[0]

    browser.get(f"/family/{link.id}/freezing")
    page = browser.post(f"/family/{link.id}/freezing")

    assert desk.scan(code).json["reason"] == "credential_frozen"
    assert "要恢复使用，请本人办理" in page.text
    assert "李** 的医保码已停用" in titles(account_of())


def test_the_member_takes_the_same_credential_over_and_links_stay(app: Flask, desk: Desk) -> None:
    browser, father = with_father(app)
    held = find_credential_of(father.id)
    assert held is not None

    member = activation.arrive(app, "13800000055")
    activation.say_who(member, name="李大山", cert_no=number(FATHER))
    activation.agree(member)
    activation.prove_by_face(member)
    activation.finish(member)

    own = find_credential_of(father.id)
    assert own is not None
    assert (own.id, own.kind) == (held.id, CredentialKind.own)
    assert "李** 激活了自己的医保码" in titles(account_of())
    assert desk.scan(show(browser, father)).json["data"]["extData"]["shownBy"] == "family"
    assert any("李* 出示了您的医保码" in title for title in titles(account_of(number(FATHER))))
    page = member.get("/me/shown-by")
    assert "李*" in page.text
    link = links()[0]
    member.get(f"/me/shown-by/{link.id}/unbinding")
    member.post(f"/me/shown-by/{link.id}/unbinding")
    assert links()[0].end_reason is LinkEnd.unbound_by_member
    assert find_credential_of(father.id) is not None


def test_a_frozen_held_credential_is_its_persons_once_they_activate(app: Flask) -> None:
    browser, father = with_father(app)
    browser.get(f"/family/{links()[0].id}/freezing")
    browser.post(f"/family/{links()[0].id}/freezing")

    member = activation.arrive(app, "13800000055")
    activation.say_who(member, name="李大山", cert_no=number(FATHER))
    activation.agree(member)
    activation.prove_by_face(member)
    activation.finish(member)

    credential = find_credential_of(father.id)
    assert credential is not None
    assert (credential.status, credential.kind) == (CredentialStatus.active, CredentialKind.own)


def test_withdrawing_the_consent_ends_the_link(app: Flask) -> None:
    with_father(app)
    consent = next(c for c in list_consents(account_of().id) if c.notice.purpose is ConsentPurpose.family_authorisation)

    withdraw_consent(consent)

    assert [(link.state, link.end_reason) for link in links()] == [(LinkState.ended, LinkEnd.consent_withdrawn)]


def test_another_holders_link_does_not_exist_for_me(app: Flask) -> None:
    with_father(app)
    stranger = make_holder_account("13800000021", "19800101", "王芳", 2)
    other = browser_of(app, stranger)
    for path in ("", "/unbinding", "/freezing"):
        other.get(f"/family/{links()[0].id}{path}", expect=404)
    other.post(f"/family/{links()[0].id}/unbinding", expect=404)
    credential = find_credential_of(links()[0].member_person_id)
    assert credential is not None
    other.get(f"/code/{credential.id}", expect=404)
    assert links()[0].state is LinkState.active


def test_the_held_credential_stays_while_another_holder_shows_it(app: Flask) -> None:
    _browser, father = with_father(app)
    second = make_holder_account("13800000021", "19800101", "李芳", 2)
    make_link_between(second, father, Relation.father)

    end_link(links()[0], LinkEnd.unbound_by_holder, by="account:1")

    assert find_credential_of(father.id) is not None
    assert [link.holder_account_id for link in list_links_of_member(father.id)] == [second.id]


def test_the_others_who_show_a_child_hear_of_a_new_one_and_may_object(app: Flask) -> None:
    born = f"{clock.today().year - 8}0105"
    child = enrol(born)
    first = make_holder_account("13800000021", "19880101", "王芳", 2)
    make_link_between(first, child, Relation.son, Way.documents)
    second = make_holder_account("13800000022", "19850101", "李强", 1)

    link = make_link_between(second, child, Relation.son, Way.documents)

    assert any("又有一位家人添加了" in title for title in titles(first))
    assert not any("又有一位" in title for title in titles(second))
    assert link.of_age_on is not None
    assert full_age(child.birthday, link.of_age_on) == 16


def test_suspended_insurance_is_not_shown_and_says_why(app: Flask, desk: Desk) -> None:
    browser, father = with_father(app)
    code = show(browser, father)
    enrol(FATHER, "李大山", status=InsuredStatus.suspended)

    page = browser.get("/family")

    assert "医保已暂停" in page.text
    assert desk.scan(code).json["reason"] == "insured_suspended"
    enrol(FATHER, "李大山", status=InsuredStatus.normal)
    assert "医保已暂停" not in browser.get("/family").text
