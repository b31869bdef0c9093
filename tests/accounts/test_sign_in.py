"""Signing in by number and SMS code, as a person sees it."""

import re
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import func, select

from app.accounts.models import Account, LoginSession, SmsCode
from app.core import clock
from app.core.audit import AuditRow
from app.core.db import db
from tests.kit.client import Browser
from tests.kit.sign_in import ask_for_code, sign_in, sms_code


def other(code: str) -> str:
    """Six digits that are not the code."""
    return f"{(int(code) + 1) % 1_000_000:06}"


def test_the_page_has_its_two_fields_and_two_buttons(browser: Browser) -> None:
    page = browser.get("/sign-in")

    assert [label.text for label in page.all("label")] == ["手机号", "短信验证码"]
    assert [b.text.strip() for b in page.all("button") if b.attrs.get("name") == "step"] == ["获取验证码", "登录"]
    assert page.one("input", id="phone").attrs["autocomplete"] == "tel"
    assert page.one("input", id="code").attrs["autocomplete"] == "one-time-code"
    assert page.one("input", id="code").attrs["inputmode"] == "numeric"
    assert "手机丢失" in page.text


def test_a_number_and_its_code_open_a_session(browser: Browser) -> None:
    page = sign_in(browser, "13800000001", next_path="/me")

    assert page.response.request.path == "/me"
    assert "138****0001" in page.text
    assert db.session.scalar(select(func.count()).select_from(Account)) == 1


def test_what_was_typed_stays_while_the_code_is_on_its_way(browser: Browser) -> None:
    browser.get("/sign-in")

    page = browser.post("/sign-in", {"phone": "+86 138-0000-0001", "step": "code"})

    assert page.one("input", id="phone").attrs["value"] == "13800000001"
    assert len(sms_code(page)) == 6


def test_the_enter_key_presses_the_button_that_comes_next(browser: Browser) -> None:
    before = [b.text.strip() for b in browser.get("/sign-in").all("button") if b.attrs.get("name") == "step"]
    after = [
        b.text.strip()
        for b in browser.post("/sign-in", {"phone": "13800000001", "step": "code"}).all("button")
        if b.attrs.get("name") == "step"
    ]

    assert (before[0], after[0]) == ("获取验证码", "登录")


def test_a_code_is_read_with_blanks_and_full_width_digits(browser: Browser) -> None:
    code = ask_for_code(browser, "13800000001")
    wide = "".join(chr(ord(d) + 0xFEE0) for d in code)

    page = browser.post("/sign-in?next=/me", {"phone": "１３８ ００００ ０００１", "code": f" {wide[:3]} {wide[3:]} "})

    assert page.response.request.path == "/me"


def test_a_number_that_is_none_is_refused_and_kept(subtests: pytest.Subtests, browser: Browser) -> None:
    for phone, says in (("", "请填写手机号"), ("1380000", "11 位"), ("abc", "只有数字")):
        with subtests.test(phone=phone, says=says):
            browser.get("/sign-in")

            page = browser.post("/sign-in", {"phone": phone, "step": "code"}, expect=422)

            assert says in page.text
            assert page.one("input", id="phone").attrs["value"] == phone
            assert page.all("title")[0].text.startswith("有误")


def test_a_code_that_is_none_costs_no_guess(subtests: pytest.Subtests, browser: Browser) -> None:
    ask_for_code(browser, "13800000001")

    for typed, says in (("", "请填写短信里的 6 位验证码"), ("12345", "6 位数字"), ("12345x", "6 位数字")):
        with subtests.test(typed=typed, says=says):
            page = browser.post("/sign-in", {"phone": "13800000001", "code": typed}, expect=422)

            assert says in page.text
            assert page.one("input", id="phone").attrs["value"] == "13800000001"
            assert db.session.scalars(select(SmsCode.guesses)).one() == 0


def test_a_wrong_code_says_how_many_tries_are_left_and_is_remembered(browser: Browser) -> None:
    code = ask_for_code(browser, "13800000001")

    page = browser.post("/sign-in", {"phone": "13800000001", "code": other(code)}, expect=422)

    assert "还可以再试 4 次" in page.text
    assert page.one("input", id="phone").attrs["value"] == "13800000001"
    assert db.session.scalars(select(SmsCode.guesses)).one() == 1
    assert db.session.scalars(select(AuditRow.outcome).where(AuditRow.tag == "account:sms_refused")).all() == ["wrong"]


def test_after_five_wrong_guesses_the_right_code_is_refused_too(browser: Browser) -> None:
    code = ask_for_code(browser, "13800000001")
    for _ in range(4):
        browser.post("/sign-in", {"phone": "13800000001", "code": other(code)}, expect=422)

    fifth = browser.post("/sign-in", {"phone": "13800000001", "code": other(code)}, expect=429)
    right = browser.post("/sign-in", {"phone": "13800000001", "code": code}, expect=429)

    assert "已输错 5 次" in fifth.text
    assert "已输错 5 次" in right.text
    assert 0 < int(right.response.headers["Retry-After"]) <= 60
    assert db.session.scalar(select(func.count()).select_from(LoginSession)) == 0


def test_a_new_code_after_five_wrong_guesses_works(browser: Browser) -> None:
    code = ask_for_code(browser, "13800000001")
    for expected in (422, 422, 422, 422, 429):
        browser.post("/sign-in", {"phone": "13800000001", "code": other(code)}, expect=expected)
    clock.move(timedelta(seconds=61))

    assert sign_in(browser, next_path="/me").response.request.path == "/me"


def test_a_code_is_good_once(app: Flask, browser: Browser) -> None:
    code = ask_for_code(browser, "13800000001")
    browser.post("/sign-in", {"phone": "13800000001", "code": code})

    page = browser.post("/sign-in", {"phone": "13800000001", "code": code}, expect=422)

    assert "已经用过了" in page.text


def test_a_code_of_another_number_is_refused(browser: Browser) -> None:
    code = ask_for_code(browser, "13800000001")

    page = browser.post("/sign-in", {"phone": "13800000002", "code": code}, expect=422)

    assert "还没有在这台设备上为这个手机号获取验证码" in page.text


def test_a_code_asked_for_in_another_browser_is_refused(app: Flask, browser: Browser) -> None:
    code = ask_for_code(browser, "13800000001")
    thief = Browser(app)
    thief.get("/sign-in")

    page = thief.post("/sign-in", {"phone": "13800000001", "code": code}, expect=422)

    assert "还没有在这台设备上" in page.text


def test_a_code_lives_five_minutes(browser: Browser) -> None:
    code = ask_for_code(browser, "13800000001")
    clock.move(timedelta(seconds=299))
    browser.get("/sign-in")
    clock.move(timedelta(seconds=1))

    page = browser.post("/sign-in", {"phone": "13800000001", "code": code}, expect=422)

    assert "已过期" in page.text


def test_a_newer_code_ends_the_older_one(browser: Browser) -> None:
    first = ask_for_code(browser, "13800000001")
    clock.move(timedelta(seconds=61))
    second = ask_for_code(browser, "13800000001")

    if first != second:
        browser.post("/sign-in", {"phone": "13800000001", "code": first}, expect=422)
    page = browser.post("/sign-in?next=/me", {"phone": "13800000001", "code": second})

    assert page.response.request.path == "/me"


def test_a_second_sms_within_a_minute_is_refused_with_the_seconds_to_wait(browser: Browser) -> None:
    ask_for_code(browser, "13800000001")
    clock.move(timedelta(seconds=20))

    page = browser.post("/sign-in", {"phone": "13800000001", "code": "12", "step": "code"}, expect=429)

    wait = int(page.response.headers["Retry-After"])
    assert 38 <= wait <= 41
    assert f"请在 {wait} 秒后再获取" in page.text
    assert page.one("input", id="phone").attrs["value"] == "13800000001"
    assert page.one("input", id="code").attrs["value"] == "12"
    assert sms_code(page)


def test_a_number_gets_five_sms_an_hour_and_is_told_when_the_next(browser: Browser) -> None:
    for _ in range(5):
        ask_for_code(browser, "13800000001")
        clock.move(timedelta(seconds=61))

    page = browser.post("/sign-in", {"phone": "13800000001", "step": "code"}, expect=429)

    assert "一小时内已发过 5 条短信" in page.text
    assert re.search(r"请在 \d+ 月 \d+ 日 \d\d:\d\d 以后再获取", page.text)
    clock.move(timedelta(seconds=int(page.response.headers["Retry-After"])))
    browser.post("/sign-in", {"phone": "13800000001", "step": "code"})


def test_an_address_gets_twenty_sms_an_hour(app: Flask, browser: Browser) -> None:
    for number in range(20):
        ask_for_code(Browser(app), f"138000001{number:02}")

    browser.get("/sign-in")
    page = browser.post("/sign-in", {"phone": "13800000199", "step": "code"}, expect=429)

    assert "网络" in page.text
    assert int(page.response.headers["Retry-After"]) > 3000
    clock.move(timedelta(hours=1, seconds=1))
    browser.post("/sign-in", {"phone": "13800000199", "step": "code"})


def test_the_answer_does_not_tell_whether_the_number_has_an_account(app: Flask) -> None:
    known, unknown = Browser(app), Browser(app)
    sign_in(known, "13800000001")
    clock.move(timedelta(seconds=61))
    stranger = Browser(app)

    def seen(browser: Browser, phone: str) -> str:
        browser.get("/sign-in")
        page = browser.post("/sign-in", {"phone": phone, "step": "code"})
        return page.text.replace(sms_code(page), "").replace(phone, "")

    assert seen(stranger, "13800000001") == seen(unknown, "13800000009")


def test_a_form_without_its_token_is_refused(browser: Browser) -> None:
    browser.get("/sign-in")

    response = browser.http.post("/sign-in", data={"phone": "13800000001", "step": "code"})

    assert response.status_code == 400
    assert db.session.scalar(select(func.count()).select_from(SmsCode)) == 0


def test_a_sign_in_leads_to_no_other_site(subtests: pytest.Subtests, app: Flask) -> None:
    targets = (
        "https://evil.example/",
        "//evil.example",
        "/\\evil.example",
        "\\\\evil.example",
        "javascript:alert(1)",
        "%2F%2Fevil",
    )
    for number, target in enumerate(targets):
        with subtests.test(target=target):
            browser, phone = Browser(app), f"1380000001{number}"
            code = ask_for_code(browser, phone)
            token = browser.page.hidden()["csrf_token"] if browser.page else ""

            response = browser.http.post(
                "/sign-in", query_string={"next": target}, data={"phone": phone, "code": code, "csrf_token": token}
            )

            assert (response.status_code, response.headers["Location"]) == (303, "/")


def test_a_page_that_needs_a_session_is_shown_after_the_sign_in(browser: Browser) -> None:
    page = browser.get("/me/devices?x=1")

    assert page.response.request.path == "/sign-in"
    assert page.response.request.args["next"] == "/me/devices?x=1"


def test_each_sign_in_has_a_token_of_its_own_and_ends_the_session_before(browser: Browser) -> None:
    sign_in(browser)
    clock.move(timedelta(seconds=61))
    code = sms_code(browser.post("/sign-in", {"phone": "13800000001", "step": "code"}))
    browser.post("/sign-in", {"phone": "13800000001", "code": code})

    sessions = db.session.scalars(select(LoginSession).order_by(LoginSession.id)).all()
    assert [s.ended_at is None for s in sessions] == [False, True]
    assert sessions[0].token_hash != sessions[1].token_hash
    assert sessions[0].device_id == sessions[1].device_id


def test_nothing_that_names_a_person_reaches_log_or_audit(browser: Browser, capfd: pytest.CaptureFixture[str]) -> None:
    code = ask_for_code(browser, "13800000001")
    browser.post("/sign-in", {"phone": "13800000001", "code": other(code)}, expect=422)
    browser.post("/sign-in", {"phone": "13800000001", "code": code})

    written = "".join(capfd.readouterr())
    written += "".join(f"{row.detail}{row.subject}{row.actor}" for row in db.session.scalars(select(AuditRow)))
    assert "13800000001" not in written
    assert code not in written
