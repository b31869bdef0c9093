"""From the first page to the open code, as a person goes it."""

from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from app.accounts.models import Account, Consent, ConsentPurpose, Device
from app.activation.models import ActivationDraft
from app.core import clock
from app.core.audit import AuditRow
from app.core.db import db
from app.core.settings import settings
from app.credentials.models import CredentialStatus, DisplayPin
from app.credentials.queries import find_credential_of
from app.proofs.models import IdentityProof, ProofState
from app.roster.identity import parse_cert
from app.roster.service import save_person
from tests.activation.story import (
    HOTLINE,
    NUMBER,
    PERSON,
    activate,
    agree,
    arrive,
    at_pin,
    boxes,
    chosen,
    enrol,
    finish,
    path,
    prove_by_counter,
    prove_by_face,
    say_who,
    start_face,
    steps_said,
    value_of,
)
from tests.kit.client import Browser

pytestmark = pytest.mark.one_database


def test_four_pages_lead_straight_to_the_open_code(app: Flask) -> None:
    enrol()
    browser = arrive(app)
    said = [steps_said(browser.page)] if browser.page else []

    said.append(steps_said(say_who(browser)))
    said.append(steps_said(agree(browser)))
    said.append(steps_said(prove_by_face(browser)))
    last = finish(browser)

    assert said == ["第 1 步,共 5 步", "第 2 步,共 5 步", "第 3 步,共 5 步", "第 4 步,共 5 步"]
    assert path(last) == "/code"
    assert [n for n in last.nodes if n.attrs.get("role") == "img" and n.attrs.get("aria-label", "").startswith("医保码")]
    assert [n for n in last.nodes if n.attrs.get("data-code", "").startswith("80")]


@pytest.mark.both_databases
def test_completing_does_everything_at_once(app: Flask) -> None:
    person = enrol()

    activate(app)

    db.session.rollback()
    credential = find_credential_of(person.id)
    assert credential and credential.status is CredentialStatus.active
    account = db.session.scalars(select(Account)).one()
    assert account.person_id == person.id
    assert db.session.get(DisplayPin, account.id)
    assert db.session.scalars(select(Device)).one().is_bound
    assert db.session.scalars(select(IdentityProof.state)).all() == [ProofState.spent]
    purposes = {c.notice.purpose for c in db.session.scalars(select(Consent))}
    assert purposes == {ConsentPurpose.activation_notice, ConsentPurpose.share_on_scan, ConsentPurpose.face_check}
    assert db.session.scalars(select(ActivationDraft)).all() == []
    tags = db.session.scalars(select(AuditRow.tag)).all()
    assert tags.count("activation:completed") == 1 and "proof:spent" in tags and "credential:activated" in tags


def test_a_counter_code_serves_who_refuses_the_face_check(app: Flask) -> None:
    person = enrol()
    browser = arrive(app)
    say_who(browser)

    proof = agree(browser, face=False)
    counter = browser.get("/activation/counter-code")
    prove_by_counter(browser)
    last = finish(browser)

    assert "开始人脸核验" not in proof.text and "改用其他方式" in proof.text
    assert HOTLINE in counter.text and steps_said(counter) == "第 3 步,共 5 步"
    assert path(last) == "/code"
    purposes = {c.notice.purpose for c in db.session.scalars(select(Consent))}
    assert ConsentPurpose.face_check not in purposes
    assert find_credential_of(person.id)


def test_a_face_check_that_was_refused_cannot_be_started(app: Flask) -> None:
    enrol()
    browser = arrive(app)
    say_who(browser)
    agree(browser, face=False)

    page = start_face(browser, agrees="y")

    assert path(page) == "/activation/consent"
    assert db.session.scalars(select(IdentityProof)).all() == []


def test_with_script_the_last_step_answers_as_an_unlock_does(app: Flask) -> None:
    enrol()
    browser = at_pin(app)
    assert browser.page and browser.page.one("form", data_enhance="code-unlock").attrs["action"] == "/activation/pin"
    data = {**browser.page.hidden(), "pin": "739154", "again": "739154"}
    asks_json = {"Accept": "application/json", "X-Pz-Holds": ""}

    wrong = browser.http.post("/activation/pin", data={**data, "again": "1"}, headers=asks_json)
    right = browser.http.post("/activation/pin", data=data, headers=asks_json)

    assert wrong.status_code == 422 and "data-lock-page" in wrong.json["page"] and wrong.json.keys() == {"page"}
    assert right.status_code == 200
    assert len(right.json["handle"]) == 20 and len(right.json["key"]) == 64 and "code-screen" in right.json["page"]


def test_every_field_tells_the_browser_what_it_is(app: Flask) -> None:
    enrol()
    browser = arrive(app)
    assert browser.page

    first = {n.attrs["name"]: n.attrs.get("autocomplete") for n in browser.page.all("input", type="text")}
    say_who(browser)
    agree(browser)
    counter = browser.get("/activation/counter-code").one("input", name="code").attrs["autocomplete"]
    pins = {n.attrs.get("autocomplete") for n in prove_by_face(browser).all("input", type="password")}

    assert first == {"name": "name", "cert_no": "off"}
    assert counter == "one-time-code"
    assert pins == {"new-password"}


def test_no_box_is_ticked_beforehand(app: Flask) -> None:
    enrol()
    browser = arrive(app)

    page = say_who(browser)

    assert len(boxes(page)) == 3
    assert all("checked" not in n.attrs for n in page.all("input", type="checkbox"))
    assert "看全文" in page.text and "我们不保存您的人脸照片" in page.text


def test_the_required_boxes_are_asked_for_again(app: Flask) -> None:
    enrol()
    browser = arrive(app)
    required = boxes(say_who(browser))[:2]

    page = browser.post("/activation/consent", {required[0]: "y"}, expect=422)

    assert path(page) == "/activation/consent"
    assert "身份证或社保卡" in page.text
    assert [n.attrs["name"] for n in page.all("input", type="checkbox") if "checked" in n.attrs] == [required[0]]


def test_a_foreigner_activates_too(app: Flask) -> None:
    save_person(cert=parse_cert("08", "AB1234567"), name="MARIA GARCIA", insured_region="510603", insutype="310", nationality="ESP")
    browser = arrive(app)

    say_who(browser, name="Maria Garcia", cert_type="08", cert_no="ab1234567")
    agree(browser)
    prove_by_face(browser)

    assert path(finish(browser)) == "/code"


@pytest.mark.parametrize(
    "number", ["５１０６００１９９００３０７００１７", " 510600 19900307 0017 "], ids=["full-width", "with-spaces"]
)
def test_a_number_may_be_typed_as_people_type(app: Flask, number: str) -> None:
    enrol()

    assert path(say_who(arrive(app), cert_no=number)) == "/activation/consent"


def test_a_lower_case_x_and_a_rare_character_are_read(app: Flask) -> None:
    enrol("51060019580101007X", "䶮㛃𬭚")

    assert path(say_who(arrive(app), name="䶮㛃𬭚", cert_no="51060019580101007x")) == "/activation/consent"


def test_the_region_is_preset_once_name_and_number_fit(app: Flask) -> None:
    enrol(region="510681")
    browser = arrive(app)

    unknown = say_who(browser, name="王芳", region="", expect=422)
    known = say_who(browser, region="", expect=422)

    assert chosen(unknown, "region") == "" and "广汉市" not in unknown.one("main").text.split("参保地")[0]
    assert chosen(known, "region") == "510681"
    assert value_of(known, "name") == PERSON["name"]
    assert path(say_who(browser, region="510681")) == "/activation/consent"


def test_a_draft_is_found_again_where_it_was_left(app: Flask) -> None:
    enrol()
    browser = arrive(app)
    say_who(browser)
    agree(browser)

    clock.move(timedelta(days=settings.draft_days - 1))
    resumed = browser.get("/activation")
    back = browser.get("/activation/person")

    assert path(resumed) == "/activation/proof"
    assert value_of(back, "name") == "李明" and value_of(back, "cert_no") == NUMBER and chosen(back, "region") == "510603"


def test_a_draft_is_gone_after_thirty_days(app: Flask) -> None:
    enrol()
    browser = arrive(app)
    say_who(browser)

    clock.move(timedelta(days=settings.draft_days - 1))
    browser.get("/activation")  # a session that is used stays
    clock.move(timedelta(days=1, seconds=1))
    page = browser.get("/activation")

    assert path(page) == "/activation" and value_of(page, "name") == ""
    say_who(browser)
    assert len(db.session.scalars(select(ActivationDraft)).all()) == 1


def test_what_was_typed_is_stored_encrypted(app: Flask) -> None:
    enrol()
    say_who(arrive(app))

    stored = db.session.scalars(select(ActivationDraft.typed_encrypted)).one()

    assert NUMBER.encode() not in stored and "李明".encode() not in stored


def test_starting_anew_forgets_the_draft(app: Flask) -> None:
    enrol()
    browser = arrive(app)
    say_who(browser)

    page = browser.post("/activation/discarding")

    assert path(page) == "/activation" and value_of(page, "cert_no") == ""
    assert db.session.scalars(select(ActivationDraft)).all() == []


def test_going_back_and_naming_somebody_else_begins_from_there(app: Flask) -> None:
    enrol()
    enrol("510600199003070025", "王芳")
    browser = at_pin(app)

    say_who(browser, name="王芳", cert_no="510600199003070025")
    skipped = browser.get("/activation/pin")
    agree(browser)
    unproved = browser.get("/activation/pin")

    assert path(skipped) == "/activation/consent"
    assert path(unproved) == "/activation/proof"


def test_who_is_active_is_told_so(app: Flask) -> None:
    enrol()
    browser = activate(app)

    page = browser.get("/activation")

    assert "已经激活" in page.one("h1").text
    assert "李*" in page.text and "出示医保码" in page.text and HOTLINE in page.text


def test_a_stranger_is_asked_to_sign_in_first(app: Flask) -> None:
    page = Browser(app).get("/activation")

    assert path(page) == "/sign-in"
