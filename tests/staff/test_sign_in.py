"""Staff at the sign-in page: two factors, no hints, a lock after five wrong guesses."""

import re
from datetime import timedelta

import pyotp
from flask import Flask
from sqlalchemy import select

from app.core import clock
from app.core.audit import AuditRow
from app.core.db import db
from app.regions.service import load_regions
from app.staff.models import Role
from app.staff.queries import find_staff
from app.staff.service import add_staff, disable_staff, reset_staff
from tests.kit.client import Browser
from tests.kit.staff import PASSWORD, SECRET, code_now, make_staff, sign_in_staff

FACTOR = "/bureau/sign-in/second-factor"


def tags() -> list[str]:
    return list(db.session.scalars(select(AuditRow.tag).order_by(AuditRow.id)))


def enter_password(browser: Browser, username: str = "reviewer", password: str = PASSWORD, *, expect: int = 200) -> str:
    browser.get("/bureau/sign-in")
    return browser.post("/bureau/sign-in", {"username": username, "password": password}, expect=expect).text


def test_both_factors_open_the_desk(app: Flask, browser: Browser) -> None:
    make_staff()

    page = sign_in_staff(browser)

    assert page.response.request.path == "/bureau"
    assert "员工reviewer" in page.text and "审核员 · 德阳市本级医保" in page.text
    assert "staff:signed_in" in tags()


def test_the_password_alone_opens_nothing(app: Flask, browser: Browser) -> None:
    make_staff()

    enter_password(browser)

    assert browser.get("/bureau").response.request.path == FACTOR
    assert browser.get("/bureau/me").response.request.path == FACTOR


def test_a_page_asked_for_before_signing_in_is_shown_after_it(app: Flask, browser: Browser) -> None:
    make_staff()

    page = sign_in_staff(browser, next_path="/bureau/me")

    assert page.response.request.path == "/bureau/me"


def test_signing_in_leads_nowhere_else(app: Flask, browser: Browser) -> None:
    make_staff()

    page = sign_in_staff(browser, next_path="//example.org/bureau")

    assert page.response.request.path == "/bureau"


def test_a_name_nobody_has_is_answered_like_a_wrong_password(app: Flask, browser: Browser) -> None:
    make_staff()

    known = enter_password(browser, password="wrong but long enough", expect=422)
    unknown = enter_password(browser, "nobody", "wrong but long enough", expect=422)

    assert "用户名或密码不对" in known
    assert known.replace("reviewer", "") == unknown.replace("nobody", "")


def test_five_wrong_passwords_lock_for_a_quarter_of_an_hour_also_with_the_right_one(app: Flask, browser: Browser) -> None:
    make_staff()
    for _ in range(4):
        enter_password(browser, password="wrong but long enough", expect=422)
    enter_password(browser, password="wrong but long enough", expect=429)

    assert "锁住" in enter_password(browser, expect=429)
    assert browser.page is not None and 895 <= int(browser.page.response.headers["Retry-After"]) <= 900
    clock.move(timedelta(minutes=15, seconds=1))
    assert sign_in_staff(browser).response.request.path == "/bureau"
    assert "staff:locked" in tags()


def test_five_wrong_codes_lock_the_second_step_also_after_the_password_was_typed_again(app: Flask, browser: Browser) -> None:
    make_staff()
    enter_password(browser)
    for _ in range(4):
        browser.post(FACTOR, {"code": "000000"}, expect=422)

    page = browser.post(FACTOR, {"code": "000000"}, expect=429)

    assert "锁住" in page.text
    browser.post(FACTOR, {"code": code_now()}, expect=429)
    enter_password(browser)
    browser.post(FACTOR, {"code": code_now()}, expect=429)


def test_a_name_nobody_has_locks_too(app: Flask, browser: Browser) -> None:
    for _ in range(4):
        enter_password(browser, "nobody", "wrong but long enough", expect=422)

    enter_password(browser, "nobody", "wrong but long enough", expect=429)


def test_a_code_is_good_once(app: Flask) -> None:
    make_staff()
    code = code_now()
    first, second = Browser(app), Browser(app)
    enter_password(first)
    enter_password(second)

    first.post(FACTOR, {"code": code})
    page = second.post(FACTOR, {"code": code}, expect=422)

    assert "已经用过" in page.text
    clock.move(timedelta(seconds=30))
    second.post(FACTOR, {"code": code_now()})
    assert second.get("/bureau").response.request.path == "/bureau"


def test_a_phone_half_a_minute_off_is_forgiven_a_minute_is_not(app: Flask, browser: Browser) -> None:
    make_staff()
    now = int(clock.timestamp())
    enter_password(browser)

    browser.post(FACTOR, {"code": pyotp.TOTP(SECRET).at(now - 60)}, expect=422)
    browser.post(FACTOR, {"code": pyotp.TOTP(SECRET).at(now - 30)})

    assert browser.get("/bureau").response.request.path == "/bureau"


def test_the_first_sign_in_sets_up_the_authenticator_and_a_password_of_ones_own(app: Flask, browser: Browser) -> None:
    load_regions()
    added = add_staff("wang.li", "王丽", agency="deyang", roles=[Role.agent], by="system")
    browser.get("/bureau/sign-in")
    page = browser.post("/bureau/sign-in", {"username": "wang.li", "password": added.one_time_password})
    secret = page.one("code").text.strip()
    assert "enrolment-qr" in page.html and "viewBox" in page.html, "a picture of a fixed size is cut on a small phone"

    page = browser.post(FACTOR, {"code": code_now(secret)})
    assert page.response.request.path == "/bureau/sign-in/password"
    assert browser.get("/bureau").response.request.path == "/bureau/sign-in/password"
    page = browser.post("/bureau/sign-in/password", {"password": PASSWORD, "again": PASSWORD})

    assert page.response.request.path == "/bureau"
    assert not re.search(re.escape(secret), page.html)
    other = Browser(app)
    other.get("/bureau/sign-in")
    again = other.post("/bureau/sign-in", {"username": "wang.li", "password": PASSWORD})
    assert secret not in again.html, "the secret is shown at the first time only"


def test_a_weak_password_is_refused_with_a_reason(app: Flask, browser: Browser) -> None:
    make_staff()
    sign_in_staff(browser)

    for weak, word in (("short", "至少 12"), ("passwordpassword", "太容易"), ("reviewer river lamp", "用户名"), (PASSWORD, "一样")):
        page = browser.post("/bureau/sign-in/password", {"password": weak, "again": weak}, expect=422)
        assert word in page.text, weak


def test_a_printed_password_waits_a_week(app: Flask, browser: Browser) -> None:
    load_regions()
    added = add_staff("wang.li", "王丽", agency="deyang", roles=[Role.agent], by="system")

    clock.move(timedelta(days=7, seconds=1))

    enter_password(browser, "wang.li", added.one_time_password, expect=422)
    reset = reset_staff(added.member, by="system")
    assert "设置第二步验证" in enter_password(browser, "wang.li", reset.one_time_password)


def test_who_was_disabled_is_out_at_once_and_stays_out(app: Flask, browser: Browser) -> None:
    make_staff()
    sign_in_staff(browser)
    member = find_staff("reviewer")
    assert member is not None

    disable_staff(member, by="system")

    assert browser.get("/bureau").response.request.path == "/bureau/sign-in"
    enter_password(browser, expect=422)


def test_a_citizens_session_is_untouched_by_a_members(app: Flask, browser: Browser) -> None:
    make_staff()
    sign_in_staff(browser)

    cookies = {cookie.key for cookie in (browser.http._cookies or {}).values()}

    assert "pz-staff" in cookies
    assert browser.get("/me").response.request.path == "/sign-in"
