"""A passkey as the second factor: always after the password, never the only way to lose, and good once."""

from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select, update

from app.core import clock
from app.core.audit import AuditRow
from app.core.db import db, transaction
from app.core.errors import NotFound
from app.staff.models import Role, StaffMember, StaffPasskey
from app.staff.queries import find_staff, get_own_session, list_open_sessions
from app.staff.service import add_staff, remove_staff_passkey, reset_staff
from tests.kit.at_once import at_once
from tests.kit.authenticator import PRESENT, Authenticator
from tests.kit.client import Browser, Page
from tests.kit.staff import PASSWORD, code_now, make_staff, sign_in_staff

CHALLENGES = "/bureau/sign-in/passkey-challenges"


def ask(browser: Browser, *, expect: int = 200) -> dict[str, Any]:
    assert browser.page
    answer = browser.http.post(CHALLENGES, data={"csrf_token": browser.page.hidden()["csrf_token"]})
    assert answer.status_code == expect, answer.get_data(as_text=True)[:300]
    content: dict[str, Any] = answer.get_json()
    return content


def password(browser: Browser, username: str = "reviewer", word: str = PASSWORD) -> Page:
    browser.get("/bureau/sign-in")
    return browser.post("/bureau/sign-in", {"username": username, "password": word})


def add(browser: Browser, phone: Authenticator) -> Page:
    browser.get("/bureau/me")
    return browser.post("/bureau/me/passkeys", {"answer": phone.make(ask(browser))})


def sign(browser: Browser, phone: Authenticator, *, expect: int = 200) -> Page:
    return browser.post("/bureau/sign-in/passkey", {"answer": phone.sign(ask(browser))}, expect=expect)


def where(page: Page) -> str:
    return str(page.response.request.path)


def keys() -> list[StaffPasskey]:
    db.session.rollback()
    return list(db.session.scalars(select(StaffPasskey)))


def test_password_and_passkey_open_the_desk(app: Flask, browser: Browser) -> None:
    make_staff()
    sign_in_staff(browser)
    phone = Authenticator(count=1)
    assert "通行密钥 · " in add(browser, phone).text
    browser.post("/bureau/sign-out")

    page = password(browser)
    assert where(page) == "/bureau/sign-in/second-factor" and "用通行密钥登录" in page.text
    page = sign(browser, phone)

    assert where(page) == "/bureau" and keys()[0].last_used_at is not None
    tags = set(db.session.scalars(select(AuditRow.tag)))
    assert {"staff:passkey_added", "staff:signed_in"} <= tags


def test_a_newcomer_sets_up_a_passkey_instead_of_a_code(app: Flask, browser: Browser) -> None:
    make_staff("somebody")
    added = add_staff("wang.li", "王丽", agency="deyang", roles=[Role.counter], by="system")
    phone = Authenticator()
    password(browser, "wang.li", added.one_time_password)

    page = browser.post("/bureau/sign-in/passkey", {"answer": phone.make(ask(browser))})

    assert where(page) == "/bureau/sign-in/password"
    member = find_staff("wang.li")
    assert member is not None and member.totp_enrolled_at is None and member.totp_secret is None


def test_without_an_answer_the_passkey_is_not_called_wrong(browser: Browser) -> None:
    make_staff()
    password(browser)

    page = browser.post("/bureau/sign-in/passkey", {"answer": ""}, expect=422)

    assert "这个浏览器现在不能用通行密钥" in page.text and "没有认出来" not in page.text


def test_the_password_alone_adds_no_factor_to_one_that_is_there(app: Flask, browser: Browser) -> None:
    make_staff("somebody")
    added = add_staff("wang.li", "王丽", agency="deyang", roles=[Role.counter], by="system")
    password(browser, "wang.li", added.one_time_password)
    member = find_staff("wang.li")
    browser.post("/bureau/sign-in/passkey", {"answer": Authenticator().make(ask(browser))})

    thief = Browser(app)
    page = password(thief, "wang.li", added.one_time_password)
    options = ask(thief)
    thief.post("/bureau/sign-in/passkey", {"answer": Authenticator().make(options)}, expect=422)

    assert "data-totp-secret" not in page.html and "user" not in options and member is not None
    thief.post("/bureau/sign-in/second-factor", {"code": "000000"}, expect=422)
    assert len(keys()) == 1


@pytest.mark.parametrize(
    "phone", [Authenticator(origin="https://evil.example"), Authenticator(flags=PRESENT)], ids=["site", "touch"]
)
def test_what_was_signed_elsewhere_or_without_the_person_opens_nothing(app: Flask, browser: Browser, phone: Authenticator) -> None:
    make_staff()
    sign_in_staff(browser)
    good = Authenticator(key_id=phone.key_id, key=phone.key)
    add(browser, good)
    browser.post("/bureau/sign-out")
    password(browser)

    page = sign(browser, phone, expect=422)

    assert "没有认出来" in page.text
    assert where(sign(browser, good)) == "/bureau"


def test_a_signature_is_good_once_and_wrong_ones_lock(app: Flask, browser: Browser) -> None:
    make_staff()
    sign_in_staff(browser)
    phone = Authenticator()
    add(browser, phone)
    browser.post("/bureau/sign-out")
    password(browser)
    answer = phone.sign(ask(browser))
    browser.post("/bureau/sign-in/passkey", {"answer": answer})
    browser.post("/bureau/sign-out")

    password(browser)
    for _ in range(4):
        browser.post("/bureau/sign-in/passkey", {"answer": answer}, expect=422)
    browser.post("/bureau/sign-in/passkey", {"answer": answer}, expect=429)
    sign(browser, phone, expect=429)


def test_a_key_made_for_another_site_is_not_added(app: Flask, browser: Browser) -> None:
    make_staff()
    sign_in_staff(browser)
    browser.get("/bureau/me")

    answer = Authenticator(origin="https://evil.example").make(ask(browser))
    page = browser.post("/bureau/me/passkeys", {"answer": answer}, expect=422)

    assert "这次没有添加成功" in page.text and keys() == []


def test_the_last_factor_stays(app: Flask, browser: Browser) -> None:
    make_staff()
    sign_in_staff(browser)
    add(browser, Authenticator())
    first = keys()[0].id
    with transaction():
        db.session.execute(update(StaffMember).values(totp_enrolled_at=None, totp_secret=None))

    browser.get("/bureau/me")
    browser.post(f"/bureau/me/passkeys/{first}/removal", expect=409)
    add(browser, Authenticator())
    browser.post(f"/bureau/me/passkeys/{first}/removal")

    assert len(keys()) == 1


def test_factors_are_changed_only_soon_after_signing_in(app: Flask, browser: Browser) -> None:
    make_staff()
    sign_in_staff(browser)
    browser.get("/bureau/me")
    clock.move(timedelta(minutes=14))
    browser.get("/bureau/me")
    clock.move(timedelta(minutes=2))
    browser.get("/bureau/me")

    assert "超过 15 分钟" in ask(browser, expect=403)["refusal"]


def test_another_members_passkey_is_not_found_and_a_reset_takes_all(app: Flask, browser: Browser) -> None:
    mine = make_staff()
    make_staff("other")
    sign_in_staff(browser)
    add(browser, Authenticator())
    other = Browser(app)
    sign_in_staff(other, "other")
    other.get("/bureau/me")
    other.post(f"/bureau/me/passkeys/{keys()[0].id}/removal", expect=404)

    reset_staff(mine, by="system")

    assert keys() == [] and code_now()


def test_of_two_removals_of_one_key_at_once_one_is_heard(app: Flask, browser: Browser) -> None:
    member_id = make_staff().id
    sign_in_staff(browser)
    add(browser, Authenticator())
    session_id, passkey_id = list_open_sessions(member_id)[0].id, keys()[0].id

    def remove() -> None:
        remove_staff_passkey(get_own_session(member_id, session_id), passkey_id)

    answers = at_once(app, [remove, remove])

    assert {type(answer) for answer in answers} == {type(None), NotFound} and keys() == []
    removed = db.session.scalars(select(AuditRow.id).where(AuditRow.tag == "staff:passkey_removed")).all()
    assert len(removed) == 1
