"""Sessions of staff: over after a quarter of an hour without use, after ten hours in any case, listed and ended."""

from datetime import timedelta

from flask import Flask

from app.core import clock
from app.staff.models import Role
from app.staff.queries import find_staff
from app.staff.service import change_roles
from tests.kit.client import Browser
from tests.kit.staff import make_staff, sign_in_staff


def is_in(browser: Browser) -> bool:
    return browser.get("/bureau").response.request.path == "/bureau"


def test_a_quarter_of_an_hour_without_use_ends_a_session(app: Flask, browser: Browser) -> None:
    make_staff()
    sign_in_staff(browser)

    clock.move(timedelta(minutes=14))
    assert is_in(browser)
    clock.move(timedelta(minutes=14))
    assert is_in(browser)

    clock.move(timedelta(minutes=15, seconds=1))
    assert not is_in(browser)


def test_signing_in_never_leads_back_to_itself(app: Flask, browser: Browser) -> None:
    make_staff()

    for page in ("/bureau/sign-in/password", "/bureau/sign-in/second-factor"):
        assert browser.get(page).response.request.full_path == "/bureau/sign-in?"
        assert browser.get(f"{page}?next=/bureau/cases").response.request.full_path == "/bureau/sign-in?next=/bureau/cases"
    page = sign_in_staff(browser, next_path="/bureau/sign-in/password")
    assert page.response.request.path == "/bureau"


def test_ten_hours_end_a_session_in_any_case(app: Flask, browser: Browser) -> None:
    make_staff()
    sign_in_staff(browser)

    for _ in range(59):
        clock.move(timedelta(minutes=10))
        assert is_in(browser)

    clock.move(timedelta(minutes=10))
    assert not is_in(browser)


def test_half_a_sign_in_is_over_after_ten_minutes(app: Flask, browser: Browser) -> None:
    make_staff()
    browser.get("/bureau/sign-in")
    browser.post("/bureau/sign-in", {"username": "reviewer", "password": "梧桐 river 47 lantern"})

    clock.move(timedelta(minutes=10, seconds=1))

    assert browser.get("/bureau/sign-in/second-factor").response.request.path == "/bureau/sign-in"


def test_own_sessions_are_listed_and_one_is_ended_from_another(app: Flask) -> None:
    make_staff()
    here, there = Browser(app), Browser(app)
    sign_in_staff(there)
    sign_in_staff(here)

    page = here.get("/bureau/me")
    endings = [n.attrs["action"] for n in page.all("form") if n.attrs["action"].endswith("/ending")]
    assert len(endings) == 2 and page.text.count("就是这里") == 1
    here.post(endings[1])

    assert is_in(here) and not is_in(there)


def test_another_members_session_is_not_found(app: Flask) -> None:
    make_staff("reviewer")
    make_staff("other")
    mine, theirs = Browser(app), Browser(app)
    sign_in_staff(mine, "reviewer")
    sign_in_staff(theirs, "other")
    ending = next(n.attrs["action"] for n in theirs.get("/bureau/me").all("form") if n.attrs["action"].endswith("/ending"))

    mine.get("/bureau/me")
    mine.post(ending, expect=404)

    assert is_in(theirs)


def test_signing_out_ends_the_session_on_the_server(app: Flask, browser: Browser) -> None:
    make_staff()
    sign_in_staff(browser)
    cookie = browser.http.get_cookie("pz-staff")
    assert cookie is not None

    browser.post("/bureau/sign-out")
    browser.http.set_cookie("pz-staff", cookie.value)

    assert not is_in(browser)


def test_a_new_password_ends_the_other_sessions(app: Flask) -> None:
    make_staff()
    here, there = Browser(app), Browser(app)
    sign_in_staff(there)
    sign_in_staff(here)

    here.get("/bureau/sign-in/password")
    new = "seven quiet herons 9"
    here.post("/bureau/sign-in/password", {"password": new, "again": new})

    assert is_in(here) and not is_in(there)


def test_a_change_of_role_holds_at_once_in_an_open_session(app: Flask, browser: Browser) -> None:
    member = make_staff()
    sign_in_staff(browser)
    browser.get("/bureau/cases")

    change_roles(member, [Role.auditadmin], by="system")

    page = browser.get("/bureau/cases", expect=403)
    assert "您的岗位不能打开这一页" in page.text
    browser.post("/bureau/claims", expect=403)
    found = find_staff("reviewer")
    assert found is not None and found.roles == {Role.auditadmin}
