"""Strangers who know a name: they lock out strangers, never who signs in where they always do (ASVS 6.1.1)."""

from datetime import timedelta

from flask import Flask
from sqlalchemy import select

from app.core import clock
from app.core.audit import AuditRow
from app.core.db import db
from app.core.settings import settings
from app.staff.models import Role
from tests.kit.client import Browser
from tests.kit.staff import PASSWORD, make_staff, sign_in_staff
from tests.scanning.desk import change_settings

WRONG = "wrong but long enough"


def knock(app: Flask, username: str = "reviewer", *, address: str = "203.0.113.9", times: int = 1, password: str = WRONG) -> int:
    """From a browser nobody knows; the last status."""
    status = 0
    for _time in range(times):
        stranger = Browser(app)
        stranger.get("/bureau/sign-in")
        assert stranger.page
        data = {**stranger.page.hidden(), "username": username, "password": password}
        answer = stranger.http.post("/bureau/sign-in", data=data, environ_overrides={"REMOTE_ADDR": address})
        status = answer.status_code
    return status


def test_who_signs_in_where_they_always_do_is_not_locked_out(app: Flask) -> None:
    make_staff()
    own = Browser(app)
    sign_in_staff(own)
    own.post("/bureau/sign-out")

    assert knock(app, times=6) == 429
    assert knock(app, address="127.0.0.1", times=6) == 429  # even beside them, behind the same address
    clock.move(timedelta(minutes=1))

    assert sign_in_staff(own).response.request.path == "/bureau"


def test_who_signs_in_somewhere_else_is_not_locked_out_by_another_address(app: Flask) -> None:
    make_staff()

    assert knock(app, times=6) == 429

    assert sign_in_staff(Browser(app)).response.request.path == "/bureau"


def test_a_known_browser_has_five_guesses_too(app: Flask) -> None:
    make_staff()
    own = Browser(app)
    sign_in_staff(own)
    own.post("/bureau/sign-out")
    for _n in range(4):
        own.get("/bureau/sign-in")
        own.post("/bureau/sign-in", {"username": "reviewer", "password": WRONG}, expect=422)
    own.post("/bureau/sign-in", {"username": "reviewer", "password": WRONG}, expect=429)

    own.post("/bureau/sign-in", {"username": "reviewer", "password": PASSWORD}, expect=429)
    assert knock(app, password=PASSWORD) == 303


def test_many_addresses_together_have_so_many_guesses_at_one_name(app: Flask) -> None:
    make_staff()
    change_settings(app, staff_guesses_from_strangers=8)

    assert [knock(app, address=f"203.0.113.{n}") for n in range(9)] == [422] * 7 + [429] * 2


def test_a_whole_network_of_ipv6_is_one_address(app: Flask) -> None:
    make_staff()

    said = [knock(app, address=f"2001:db8:1:2::{n + 1:x}") for n in range(6)]

    assert said == [422] * 4 + [429] * 2
    assert knock(app, address="2001:db8:1:3::1") == 422


def test_one_address_has_so_many_guesses_under_all_names(app: Flask) -> None:
    change_settings(app, staff_guesses_from_address=7)

    assert [knock(app, f"nobody{n}") for n in range(8)] == [422] * 6 + [429] * 2
    clock.move(timedelta(minutes=settings.staff_lock_minutes, seconds=1))
    assert knock(app, "nobody9") == 422


def test_the_security_administrator_sees_who_is_locked_and_lets_them_in(app: Flask, browser: Browser) -> None:
    make_staff("anquan", (Role.secadmin,))
    make_staff()
    knock(app, times=5)
    assert knock(app, password=PASSWORD) == 429
    sign_in_staff(browser, "anquan")

    page = browser.get("/bureau/staff/locked-sign-ins")
    assert "员工reviewer" in page.text
    subject = page.one("input", name="subject").attrs["value"]
    page = browser.post("/bureau/staff/locked-sign-ins/releases", {"subject": subject})

    assert "员工reviewer现在可以登录" in page.text and "现在没有人被锁住" in page.text
    assert knock(app, password=PASSWORD) == 303
    assert "staff:released" in db.session.scalars(select(AuditRow.tag)).all()


def test_an_address_that_is_locked_is_nobodys_lock(app: Flask, browser: Browser) -> None:
    make_staff("anquan", (Role.secadmin,))
    make_staff()
    change_settings(app, staff_guesses_from_address=3)
    assert knock(app, "nobody", times=2) == 422 and knock(app) == 429
    sign_in_staff(browser, "anquan")

    assert "现在没有人被锁住" in browser.get("/bureau/staff/locked-sign-ins").text


def test_nobody_else_sees_or_releases(app: Flask, browser: Browser) -> None:
    make_staff()
    sign_in_staff(browser)

    browser.get("/bureau/staff/locked-sign-ins", expect=403)
    browser.post("/bureau/staff/locked-sign-ins/releases", {"subject": "staff:1"}, expect=403)
