"""更改展码密码: who knows the old one chooses another; what was wrapped with the old one ends."""

from flask import Flask
from sqlalchemy import select

from app.core.audit import AuditRow
from app.core.db import db
from app.credentials.models import Presentation
from tests.activation.story import NUMBER, PIN, activate, enrol, path
from tests.activation.test_pin_reset import NEW, opens
from tests.kit.client import Browser, Page


def change(browser: Browser, old: str = PIN, pin: str = NEW, again: str = "", *, expect: int = 200) -> Page:
    browser.get("/me/pin")
    return browser.post("/me/pin", {"old": old, "pin": pin, "again": again or pin}, expect=expect)


def test_without_script_the_next_unlock_makes_a_new_handle(app: Flask) -> None:
    enrol()
    browser = activate(app)
    old = db.session.scalars(select(Presentation.handle)).one()

    page = change(browser)
    browser.post("/code/locking")

    assert path(page) == "/me" and "展码密码已更改" in page.text
    assert not opens(browser, PIN, expect=422) and opens(browser, NEW)
    db.session.rollback()
    assert db.session.get_one(Presentation, old).ends_at is not None
    assert "展码密码已更改" in browser.get("/inbox").text
    assert "credential:pin_changed" in db.session.scalars(select(AuditRow.tag)).all()


def test_the_device_whose_script_wraps_anew_keeps_its_handle(app: Flask) -> None:
    enrol()
    browser = activate(app)
    browser.get("/me/pin")
    assert browser.page

    answer = browser.http.post(
        "/me/pin",
        data={**browser.page.hidden(), "old": PIN, "pin": NEW, "again": NEW},
        headers={"Accept": "application/json"},
    )

    assert answer.get_json() == {"next": "/me"}
    assert db.session.scalars(select(Presentation)).one().ends_at is None


def test_a_wrong_old_pin_counts_towards_the_lock(app: Flask) -> None:
    enrol()
    browser = activate(app)

    first = change(browser, "000001", expect=422)
    for _ in range(3):
        change(browser, "000001", expect=422)
    last = change(browser, "000001", expect=429)

    assert "还可以试 4 次" in first.text and "以后才能再试" in last.text and last.response.headers["Retry-After"]


def test_a_pin_that_is_easy_to_guess_or_the_same_is_refused(app: Flask) -> None:
    enrol()
    browser = activate(app)

    for pin in ("000000", "123456", "900307", NUMBER[-6:], PIN, "12345"):
        change(browser, pin=pin, expect=422)

    browser.post("/code/locking")
    assert opens(browser, PIN)


def test_two_that_differ_are_refused(app: Flask) -> None:
    enrol()

    page = change(activate(app), again="846202", expect=422)

    assert "两次输入的不一样" in page.text
