"""Somebody at a desk without a system of its own: signs in, scans, reads who it is."""

from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import func, select

from app.core import clock
from app.core.audit import AuditRow
from app.core.db import db
from app.core.errors import DomainError
from app.institutions.models import Institution, Operator
from app.institutions.queries import get_institution
from app.institutions.queries.operators import find_operator
from app.institutions.service import add_operator, disable_operator, reset_operator, set_enabled
from app.scanning.models import Scan
from tests.kit.client import Browser, Page
from tests.scanning.desk import ALL_SCENES, Telephone, change_settings, make_desk

PASSWORD = "梧桐 river 47 lantern boat"
ORG = "H51060000001"


@pytest.fixture
def hospital(app: Flask) -> Institution:
    make_desk(app, supports_challenge=True)
    return get_institution(ORG)


@pytest.fixture
def operator(hospital: Institution) -> Operator:
    return add_operator(hospital, operator_id="D01", name="王芳", username="wang", by="staff:1", password=PASSWORD).operator


@pytest.fixture
def at_desk(browser: Browser, operator: Operator) -> Browser:
    sign_in(browser)
    return browser


def sign_in(browser: Browser, password: str = PASSWORD, *, username: str = "wang", expect: int = 200, **fields: str) -> Page:
    browser.get("/desk/sign-in")
    return browser.post("/desk/sign-in", {"username": username, "password": password, **fields}, expect=expect)


def scan(browser: Browser, code: str, *, business_type: str = "01301", expect: int = 200) -> Page:
    page = browser.get("/desk")
    return browser.post("/desk/scans", {**page.hidden(), "code": code, "business_type": business_type}, expect=expect)


def count_scans() -> int:
    db.session.rollback()
    return db.session.scalar(select(func.count()).select_from(Scan)) or 0


def test_an_operator_scans_and_reads_who_it_is(at_desk: Browser, telephone: Telephone) -> None:
    page = scan(at_desk, telephone.draw())

    assert "可以办理" in page.text and "李明" in page.text and "5106**********0017" in page.text and "本人出示" in page.text
    where = page.response.request.url
    assert "510600" not in where and telephone.handle not in where
    row = db.session.scalars(select(Scan)).one()
    assert (row.operator_id, row.operator_name) == ("D01", "王芳")
    assert "autofocus" in page.html, "the next one can be scanned at once"


def test_a_submission_sent_twice_is_one_scan(at_desk: Browser, telephone: Telephone) -> None:
    code = telephone.draw()
    fields = {**at_desk.get("/desk").hidden(), "code": code, "business_type": "01301"}

    first, second = at_desk.post("/desk/scans", fields), at_desk.post("/desk/scans", fields)

    assert first.response.request.path == second.response.request.path
    assert "李明" in second.text and count_scans() == 1
    clock.move(timedelta(seconds=2))
    another = at_desk.post("/desk/scans", {**fields, "code": telephone.draw()})
    assert "可以办理" in another.text and count_scans() == 2, "going back and scanning another code is no repetition"


def test_a_refusal_says_why_what_to_do_and_a_help_code(at_desk: Browser, telephone: Telephone) -> None:
    code = telephone.draw()
    scan(at_desk, code)

    page = scan(at_desk, code)

    assert "不能办理" in page.text and "用过了" in page.text and "P-06-" in page.text
    assert "不是医保码" in scan(at_desk, "https://example.org").text
    assert "还没有扫到" in scan(at_desk, " ", expect=422).text


def test_twelve_typed_digits_do_too_and_the_business_is_remembered(at_desk: Browser, telephone: Telephone) -> None:
    number = telephone.typed()

    page = scan(at_desk, f"{number[:4]} {number[4:8]} {number[8:]}", business_type="01101")

    assert "可以办理" in page.text
    chosen = [n for n in page.all("option") if "selected" in n.attrs]
    assert [n.attrs["value"] for n in chosen] == ["01101"]


def test_only_enabled_business_is_offered_and_nothing_else_accepted(at_desk: Browser, telephone: Telephone) -> None:
    offered = {n.attrs["value"] for n in at_desk.get("/desk").all("option")}

    assert offered == set(ALL_SCENES)
    assert "还没有开通" in scan(at_desk, telephone.draw(), business_type="09901").text
    scan(at_desk, telephone.draw(), business_type="77777", expect=422)


def test_the_digits_of_a_challenge_stand_large(app: Flask, at_desk: Browser, telephone: Telephone) -> None:
    change_settings(app, risk_first_use=True, risk_new_device_hours=24)

    page = scan(at_desk, telephone.draw())

    digits = page.one("p", class_="verdict-digits").text.split()[-1]
    assert len(digits) == 2 and digits.isdigit() and "还要核对两位数字" in page.text
    clock.move(timedelta(seconds=2))
    assert "可以办理" in scan(at_desk, telephone.draw(0, digits)).text


def test_a_disabled_institution_and_too_many_guesses_are_said_at_once(at_desk: Browser, telephone: Telephone) -> None:
    for _ in range(10):
        scan(at_desk, "900000000001")
    assert "请求太多" in scan(at_desk, "900000000001", expect=429).text

    set_enabled(ORG, False)
    assert "已停用" in scan(at_desk, telephone.draw(), expect=403).text


def test_the_result_is_the_operators_own_and_gone_after_ten_minutes(
    app: Flask, at_desk: Browser, hospital: Institution, telephone: Telephone
) -> None:
    where = scan(at_desk, telephone.draw()).response.request.path
    add_operator(hospital, operator_id="D02", name="赵云", username="zhao", by="staff:1", password=PASSWORD)
    colleague = Browser(app)
    sign_in(colleague, username="zhao")

    refused = colleague.get(where, expect=404)
    assert refused.one("main", class_="scan-main").text and "家人" not in refused.text, "not among a citizen's pages"
    at_desk.get(where)
    clock.move(timedelta(minutes=10))
    at_desk.get(where, expect=404)


def test_a_desk_is_left_after_half_an_hour_a_shared_one_after_ten_minutes(app: Flask, operator: Operator) -> None:
    own, shared = Browser(app), Browser(app)
    sign_in(own)
    sign_in(shared, is_shared="y")

    clock.move(timedelta(minutes=11))
    assert "经办人登录" in shared.get("/desk").text
    assert "扫医保码" in own.get("/desk").text
    clock.move(timedelta(minutes=31))
    assert "经办人登录" in own.get("/desk").text


def test_five_wrong_passwords_lock_the_name_and_nothing_tells_who_is_known(app: Flask, operator: Operator) -> None:
    answers = {}
    for username in ("wang", "nobody"):
        browser = Browser(app)
        answers[username] = [sign_in(browser, "wrong", username=username, expect=429 if n == 4 else 422).text for n in range(5)]
        sign_in(browser, PASSWORD, username=username, expect=429)

    assert [t.replace("nobody", "wang") for t in answers["nobody"]] == answers["wang"]
    clock.move(timedelta(minutes=15, seconds=1))
    assert "扫医保码" in sign_in(Browser(app)).text
    assert "operator:locked" in set(db.session.scalars(select(AuditRow.tag)))


def test_a_one_time_password_must_be_replaced_by_a_long_one(app: Flask, hospital: Institution, browser: Browser) -> None:
    made = add_operator(hospital, operator_id="D03", name="孙丽", username="sun", by="staff:1")

    page = sign_in(browser, made.one_time_password, username="sun")
    assert "设置新密码" in page.text
    assert "设置新密码" in browser.get("/desk").text
    weak = {"password": "short river", "again": "short river"}
    assert "至少 15 个字符" in browser.post("/desk/sign-in/password", weak, expect=422).one("div", class_="error-summary").text
    assert "扫医保码" in browser.post("/desk/sign-in/password", {"password": PASSWORD, "again": PASSWORD}).text

    sign_in(Browser(app), made.one_time_password, username="sun", expect=422)


def test_disabling_ends_sessions_and_a_reset_brings_back(app: Flask, at_desk: Browser, operator: Operator) -> None:
    disable_operator(operator, by="staff:1")
    assert "经办人登录" in at_desk.get("/desk").text
    sign_in(at_desk, expect=422)

    clock.move(timedelta(hours=1))
    found = find_operator("wang")
    assert found is not None
    made = reset_operator(found, by="staff:1")

    assert "设置新密码" in sign_in(at_desk, made.one_time_password).text


def test_a_stranger_and_a_signed_out_operator_are_asked_to_sign_in(app: Flask, at_desk: Browser) -> None:
    assert "经办人登录" in Browser(app).get("/desk").text
    at_desk.get("/desk")
    at_desk.post("/desk/sign-out")

    assert "经办人登录" in at_desk.get("/desk").text


def test_names_and_numbers_are_one_operators_alone(hospital: Institution, operator: Operator) -> None:
    for change, code in (
        ({"username": "WANG "}, "username_taken"),
        ({"operator_id": "D01"}, "operator_known"),
        ({"operator_id": " "}, "operator_unfit"),
        ({"operator_id": "x" * 65}, "operator_unfit"),
        ({"name": "a\nb"}, "operator_unfit"),
        ({"username": "王"}, "operator_unfit"),
    ):
        fields = {"operator_id": "D09", "name": "钱进", "username": "qian", **change}
        with pytest.raises(DomainError, match=code):
            add_operator(hospital, **fields, by="staff:1")
