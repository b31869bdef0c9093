"""更改展码密码: who knows the old one chooses another; what was wrapped with the old one ends."""

from flask import Flask
from sqlalchemy import select

from app.core.audit import AuditRow
from app.core.db import db
from app.credentials.models import Presentation
from tests.activation.story import NUMBER, PIN, activate, enrol, path, prove_by_counter
from tests.activation.test_pin_reset import NEW, opens
from tests.activation.test_rebinding import second_phone
from tests.kit.client import Browser, Page
from tests.kit.relatives import family


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


def test_by_script_the_answer_brings_new_keys_under_new_handles(app: Flask) -> None:
    enrol()
    browser = activate(app)
    old = db.session.scalars(select(Presentation.handle)).one()
    browser.get("/me/pin")
    assert browser.page

    given = browser.http.post(
        "/me/pin",
        data={**browser.page.hidden(), "old": PIN, "pin": NEW, "again": NEW},
        headers={"Accept": "application/json"},
    ).get_json()

    assert given["next"] == "/me" and len(given["salt"]) == 32
    (entry,) = given["wallet"]
    assert entry["handle"] != old and len(entry["key"]) == 64
    assert db.session.get_one(Presentation, old).ends_at is not None
    assert db.session.get_one(Presentation, entry["handle"]).ends_at is None


def test_every_device_and_every_code_of_the_family_gets_new_handles(app: Flask) -> None:
    with family() as (_related, _events):
        enrol()
        browser = activate(app)
        other = second_phone(app)
        prove_by_counter(other, "re-binding")
        opens(other, PIN)

        change(browser)

        assert db.session.scalars(select(Presentation).where(Presentation.ends_at.is_(None))).all() == []


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
