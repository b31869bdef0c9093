"""An operator's second factor: set up on their own page, asked for from then on, taken away by the bureau's reset alone."""

from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from app.core import clock
from app.core.audit import AuditRow
from app.core.db import db, transaction
from app.core.sessions import end_sessions
from app.institutions.models import Operator, OperatorSession
from app.institutions.queries import get_institution
from app.institutions.queries.operators import find_operator
from app.institutions.service import add_operator, confirm_code, reset_operator
from tests.kit.at_once import at_once
from tests.kit.client import Browser, Page
from tests.kit.staff import code_now
from tests.scanning.desk import ORG, Telephone, make_desk

PASSWORD = "梧桐 river 47 lantern boat"
WRONG = "另一句 river 48 lantern boat"


@pytest.fixture
def operator(app: Flask) -> Operator:
    make_desk(app)
    return add_operator(
        get_institution(ORG), operator_id="D01", name="王芳", username="wang", by="staff:1", password=PASSWORD
    ).operator


@pytest.fixture
def at_desk(browser: Browser, operator: Operator) -> Browser:
    sign_in(browser)
    return browser


def sign_in(browser: Browser, password: str = PASSWORD, *, expect: int = 200) -> Page:
    browser.get("/desk/sign-in")
    return browser.post("/desk/sign-in", {"username": "wang", "password": password}, expect=expect)


def begin(browser: Browser) -> str:
    """The secret, as the page shows it."""
    browser.get("/desk/second-factor")
    page = browser.post("/desk/second-factor", {"password": PASSWORD})
    return next(n for n in page.nodes if "data-totp-secret" in n.attrs).text.strip()


def set_up(browser: Browser) -> str:
    secret = begin(browser)
    assert "第二步验证设好了" in browser.post("/desk/second-factor/code", {"code": code_now(secret)}).text
    clock.move(timedelta(seconds=31))
    return secret


def tags() -> list[str]:
    db.session.rollback()
    return list(db.session.scalars(select(AuditRow.tag).order_by(AuditRow.id)))


def test_once_it_is_set_up_a_sign_in_asks_for_the_code(app: Flask, at_desk: Browser) -> None:
    secret = set_up(at_desk)

    assert "设置" in at_desk.get("/desk/second-factor").text and secret not in at_desk.get("/desk/second-factor").text
    again = Browser(app)
    assert "填写动态码" in sign_in(again).text
    assert "扫医保码" in again.post("/desk/sign-in/code", {"code": code_now(secret)}).text
    assert tags().count("operator:factor_set") == 1 and tags().count("operator:signed_in") == 2


def test_a_thief_of_the_password_alone_opens_nothing(app: Flask, at_desk: Browser, telephone: Telephone) -> None:
    set_up(at_desk)
    thief = Browser(app)
    sign_in(thief)

    for path in ("/desk", "/desk/second-factor", "/desk/sign-in/password", "/desk/scans/abc"):
        assert thief.get(path).response.request.path == "/desk/sign-in/code"
    for path, data in (
        ("/desk/scans", {"code": telephone.draw(), "business_type": "01301", "slip": "x"}),
        ("/desk/second-factor", {"password": PASSWORD}),
        ("/desk/second-factor/code", {"code": "000000"}),
        ("/desk/sign-in/password", {"password": WRONG, "again": WRONG}),
    ):
        assert thief.post(path, data).response.request.path == "/desk/sign-in/code"
    assert find_operator("wang").password_hash == at_desk_hash(at_desk)


def at_desk_hash(browser: Browser) -> str:
    """The hash of the password that still opens the desk."""
    assert browser.get("/desk").response.request.path == "/desk"
    found = find_operator("wang")
    assert found is not None
    return found.password_hash


def test_a_code_is_good_once(app: Flask, at_desk: Browser) -> None:
    secret = set_up(at_desk)
    code = code_now(secret)
    first, second = Browser(app), Browser(app)
    sign_in(first)
    sign_in(second)

    assert "扫医保码" in first.post("/desk/sign-in/code", {"code": code}).text
    assert "已经用过" in second.post("/desk/sign-in/code", {"code": code}, expect=422).text


def test_the_code_that_set_it_up_opens_no_other_session(app: Flask, at_desk: Browser) -> None:
    secret = begin(at_desk)
    code = code_now(secret)
    at_desk.post("/desk/second-factor/code", {"code": code})
    other = Browser(app)
    sign_in(other)

    other.post("/desk/sign-in/code", {"code": code}, expect=422)


def test_of_many_right_codes_at_once_one_opens_one_session(app: Flask, at_desk: Browser) -> None:
    code = code_now(set_up(at_desk))
    half_open = [Browser(app) for _ in range(4)]
    for browser in half_open:
        sign_in(browser)
    db.session.rollback()
    ids = list(db.session.scalars(select(OperatorSession.id).where(OperatorSession.needs_code)))
    assert len(ids) == 4

    answers = at_once(
        app, [lambda i=i: confirm_code(db.session.get_one(OperatorSession, i), code, browser=b"b" * 32).state.ok for i in ids]
    )

    assert answers.count(True) == 1


def test_wrong_codes_lock_as_wrong_passwords_do(app: Flask, at_desk: Browser) -> None:
    secret = set_up(at_desk)
    thief = Browser(app)
    sign_in(thief)
    for _ in range(4):
        thief.post("/desk/sign-in/code", {"code": "000000"}, expect=422)

    assert "锁住" in thief.post("/desk/sign-in/code", {"code": "000000"}, expect=429).text
    thief.post("/desk/sign-in/code", {"code": code_now(secret)}, expect=429)
    sign_in(thief)
    thief.post("/desk/sign-in/code", {"code": code_now(secret)}, expect=429)
    assert "operator:locked" in tags()


def test_who_signs_in_again_and_again_gets_no_more_than_five_codes(app: Flask, at_desk: Browser) -> None:
    set_up(at_desk)
    for _ in range(4):
        thief = Browser(app)
        sign_in(thief)
        thief.post("/desk/sign-in/code", {"code": "000000"}, expect=422)

    thief = Browser(app)
    sign_in(thief)

    thief.post("/desk/sign-in/code", {"code": "000000"}, expect=429)


def test_an_open_desk_that_somebody_left_sets_up_nothing(at_desk: Browser) -> None:
    at_desk.get("/desk/second-factor")

    page = at_desk.post("/desk/second-factor", {"password": WRONG}, expect=422)

    assert "密码不对" in page.text and not any("data-totp-secret" in n.attrs for n in page.nodes)
    at_desk.post("/desk/second-factor/code", {"code": "000000"}, expect=422)
    assert "现在的密码" in at_desk.get("/desk/second-factor").text


def test_a_secret_is_shown_once_and_one_that_is_set_up_is_not_replaced(at_desk: Browser) -> None:
    secret = begin(at_desk)
    wrong = at_desk.post("/desk/second-factor/code", {"code": "000000"}, expect=422)
    assert secret not in wrong.html and secret not in at_desk.get("/desk/second-factor").html
    at_desk.post("/desk/second-factor/code", {"code": code_now(secret)})

    at_desk.post("/desk/second-factor", {"password": PASSWORD}, expect=409)
    at_desk.post("/desk/second-factor/code", {"code": code_now(secret)}, expect=422)


def test_who_guesses_at_an_open_desk_is_locked_out_of_setting_it_up(app: Flask, at_desk: Browser) -> None:
    secret = begin(at_desk)
    for _ in range(4):
        at_desk.post("/desk/second-factor/code", {"code": "000000"}, expect=422)
    at_desk.post("/desk/second-factor/code", {"code": "000000"}, expect=429)

    by_code = at_desk.post("/desk/second-factor/code", {"code": code_now(secret)}, expect=429)
    by_password = at_desk.post("/desk/second-factor", {"password": PASSWORD}, expect=429)

    assert "锁住" in by_code.text and "锁住" in by_password.text
    assert not any("data-totp-secret" in n.attrs for n in by_password.nodes)
    found = find_operator("wang")
    assert found is not None and found.totp_enrolled_at is None


def test_a_sign_in_that_ended_meanwhile_is_not_opened_by_its_code(app: Flask, at_desk: Browser) -> None:
    secret = set_up(at_desk)
    sign_in(Browser(app))
    db.session.rollback()
    half_open = db.session.scalars(select(OperatorSession).where(OperatorSession.needs_code)).one()
    with transaction():
        end_sessions(OperatorSession, OperatorSession.id == half_open.id)

    tried = confirm_code(half_open, code_now(secret), browser=b"b" * 32)

    assert (tried.state.ok, tried.token) == (False, "")
    assert db.session.scalars(select(OperatorSession.needs_code).where(OperatorSession.id == half_open.id)).one()
    assert tags().count("operator:signed_in") == 1


def test_setting_it_up_ends_the_operators_other_sessions(app: Flask, at_desk: Browser) -> None:
    elsewhere = Browser(app)
    sign_in(elsewhere)

    set_up(at_desk)

    assert "经办人登录" in elsewhere.get("/desk").text
    assert at_desk.get("/desk").response.request.path == "/desk"


def test_the_bureaus_reset_takes_it_away_and_says_so_in_the_log(app: Flask, at_desk: Browser) -> None:
    set_up(at_desk)
    found = find_operator("wang")
    assert found is not None

    made = reset_operator(found, by="staff:1")

    assert "设置新密码" in sign_in(Browser(app), made.one_time_password).text
    db.session.rollback()
    row = db.session.scalars(select(AuditRow).where(AuditRow.tag == "operator:reset")).one()
    assert '"had_factor": true' in row.detail
