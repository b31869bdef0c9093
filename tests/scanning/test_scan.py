import re
from datetime import timedelta

from flask import Flask
from sqlalchemy import func, select

from app.core import clock
from app.core.audit.models import AuditRow
from app.core.db import db
from app.institutions.service import issue_key
from app.scanning.models import EcToken, HelpEvent, Scan, StoredAnswer
from tests.credentials.holders import PIN
from tests.kit.client import Browser
from tests.scanning.desk import Desk, Telephone, make_desk, make_telephone


def _audit() -> list[tuple[str, str, str]]:
    rows = db.session.execute(
        select(AuditRow.actor, AuditRow.subject, AuditRow.outcome).where(AuditRow.tag == "scan:attempted").order_by(AuditRow.id)
    )
    return [tuple(row) for row in rows]


def test_a_scan_says_who_stands_there(desk: Desk, telephone: Telephone) -> None:
    answer = desk.scan(telephone.draw())

    assert answer.status_code == 200
    assert answer.json["code"] == 0
    assert answer.json["message"] == "成功"
    assert answer.json["orgId"] == desk.org
    data = answer.json["data"]
    assert data | {"ecToken": "", "ecIndexNo": "", "extData": {}} == {
        "userName": "李明",
        "idNo": "510600199003070017",
        "idType": "01",
        "ecToken": "",
        "insuOrg": "510603",
        "ecIndexNo": "",
        "gender": "1",
        "birthday": "1990-03-07",
        "nationality": "01",
        "extData": {},
    }
    assert 20 <= len(data["ecToken"]) <= 40
    assert data["extData"] | {"scanId": ""} == {"shownBy": "self", "subject": "person", "specimen": False, "scanId": ""}


def test_a_scan_leaves_its_rows(desk: Desk, telephone: Telephone) -> None:
    answer = desk.scan(telephone.draw(), officeId="A01", outBizNo="visit-1")

    scan = db.session.scalars(select(Scan)).one()
    assert (str(scan.id), scan.outcome, scan.handle) == (answer.json["data"]["extData"]["scanId"], 0, telephone.handle)
    assert (scan.operator_id, scan.operator_name, scan.office_id, scan.out_biz_no) == ("N001", "李芳", "A01", "visit-1")
    token = db.session.scalars(select(EcToken)).one()
    assert token.expires_at - clock.now() > timedelta(hours=23)
    assert answer.json["data"]["ecToken"].encode() not in token.token_hash
    assert _audit() == [("institution:1", f"credential:{scan.credential_id}", "ok")]
    stored = db.session.scalars(select(StoredAnswer)).one()
    assert stored.answer is not None
    assert "李明".encode() not in stored.answer


def test_the_index_number_stays_and_links_nobody_across_institutions(app: Flask, desk: Desk, telephone: Telephone) -> None:
    other = make_desk(app, "H51060000002")

    here = [desk.scan(telephone.draw(-i)).json["data"]["ecIndexNo"] for i in range(2)]
    there = other.scan(telephone.draw(-2)).json["data"]["ecIndexNo"]

    assert here[0] == here[1] != there


def test_a_repeated_request_gets_the_same_bytes(desk: Desk, telephone: Telephone) -> None:
    request = desk.request(telephone.draw())

    answers = [desk.send(request) for _ in range(3)]

    assert answers[0].json["code"] == 0
    assert len({answer.data for answer in answers}) == 1
    assert [outcome for _actor, _subject, outcome in _audit()] == ["ok", "repeated", "repeated"]


def test_a_repeated_refusal_gets_the_same_bytes_too(desk: Desk, telephone: Telephone) -> None:
    request = desk.request(telephone.draw(seconds_ago=61))

    answers = [desk.send(request) for _ in range(2)]

    assert answers[0].json["code"] == 1004
    assert answers[0].data == answers[1].data
    assert db.session.scalar(select(func.count()).select_from(HelpEvent)) == 1


def test_another_body_under_the_same_number_is_refused(desk: Desk, telephone: Telephone) -> None:
    desk.scan(telephone.draw(), outBizNo="same")

    answer = desk.scan(telephone.draw(-1), outBizNo="same")

    assert (answer.status_code, answer.json["code"], answer.json["reason"]) == (409, 2006, "biz_no_reused")


def test_another_institution_may_use_the_same_number(app: Flask, desk: Desk, telephone: Telephone) -> None:
    other = make_desk(app, "H51060000002")
    desk.scan(telephone.draw(), outBizNo="same")

    assert other.scan(telephone.draw(-1), outBizNo="same").json["code"] == 0


def test_after_ten_minutes_the_number_is_free(desk: Desk, telephone: Telephone) -> None:
    request = desk.request(telephone.draw())
    first = desk.send(request)
    clock.move(timedelta(minutes=9, seconds=58))
    assert desk.send(request).data == first.data

    clock.move(timedelta(seconds=3))

    assert desk.send(request).json["code"] == 1004


def test_what_is_no_200_is_not_stored(desk: Desk, telephone: Telephone) -> None:
    request = desk.request(telephone.draw(), businessType="00000")
    assert desk.send(request).status_code == 422
    request["data"]["businessType"] = "01301"

    assert desk.send(request).json["code"] == 0


def test_both_keys_of_an_institution_work(desk: Desk, telephone: Telephone) -> None:
    second = Desk(desk.app, issue_key(desk.org), desk.org)

    assert desk.scan(telephone.draw()).json["code"] == 0
    assert second.scan(telephone.draw(-1)).json["code"] == 0


def test_noise_of_a_keyboard_wedge_does_no_harm(desk: Desk, telephone: Telephone) -> None:
    for i, noise in enumerate(("{}\r\n", "\t{}", " {} \n", "\u3000{}", "{}\r")):
        assert desk.scan(noise.format(telephone.draw(-i))).json["code"] == 0
    digits = telephone.draw(-5)
    assert desk.scan(f"{digits[:30]} {digits[30:]}").json["code"] == 0
    assert desk.scan(telephone.draw(-6).translate({48 + i: 0xFF10 + i for i in range(10)})).json["code"] == 0


def test_the_phone_learns_for_a_while_where_it_was_scanned(app: Flask, desk: Desk, telephone: Telephone) -> None:
    browser = Browser(app)
    telephone.holder.sign_in(browser.http)
    browser.get("/code")
    browser.post("/code/unlocking", {"pin": PIN})
    before = browser.http.get("/code/state").json

    desk.scan(telephone.draw())

    assert "place" not in before
    assert browser.http.get("/code/state").json["place"] == "示范市人民医院"
    clock.move(timedelta(seconds=100))
    assert "place" not in browser.http.get("/code/state").json


def test_a_help_code_names_its_reason_and_opens_its_event(desk: Desk, telephone: Telephone) -> None:
    code = desk.scan(telephone.draw(seconds_ago=61)).json["helpCode"]

    assert re.fullmatch(r"P-04-\d{6}", code)
    event = db.session.get_one(HelpEvent, code)
    row = db.session.scalars(select(AuditRow).where(AuditRow.id == event.audit_id)).one()
    assert (event.reason, event.institution_id, row.outcome) == (1004, 1, "code_expired")
    assert event.credential_id is not None


def test_a_newer_code_kills_the_older_ones_of_its_telephone_only(desk: Desk, telephone: Telephone) -> None:
    other = make_telephone(stem="51060019850307002", name="王芳")
    older, same_second, newer = telephone.draw(20), telephone.draw(10), telephone.draw(0)

    assert desk.scan(same_second).json["code"] == 0
    assert desk.scan(same_second).json["code"] == 1006
    assert desk.scan(older).json["code"] == 1006
    assert desk.scan(newer).json["code"] == 0
    assert desk.scan(other.draw(20)).json["code"] == 0


def test_a_code_lives_from_thirty_seconds_before_to_sixty_after(desk: Desk) -> None:
    for i, (age, code) in enumerate(((61, 1004), (60, 0), (-30, 0), (-31, 1005))):
        shown = make_telephone(stem=f"5106001990030700{i}")
        answers = desk.scan(shown.draw(age)).json["code"], desk.scan(shown.draw(age)).json["code"]
        assert code in answers  # a second may turn between drawing and scanning, not two
