"""Members of staff for tests, and how they sign in through the pages."""

from collections.abc import Collection
from datetime import timedelta

import pyotp
from flask import Flask

from app.core import clock
from app.regions.queries import find_agency
from app.regions.service import load_regions
from app.staff.models import Role, StaffMember
from app.staff.service import add_staff
from tests.kit.client import Browser, Page

PASSWORD = "梧桐 river 47 lantern"
SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"


def make_staff(
    username: str = "reviewer", roles: Collection[Role] = (Role.reviewer,), *, agency: str = "deyang", person_id: int | None = None
) -> StaffMember:
    """A member who has chosen a password and set up an authenticator. agency: deyang sees the whole city, jingyang 510603."""
    if find_agency(agency) is None:
        load_regions()
    added = add_staff(
        username,
        f"员工{username}",
        agency=agency,
        roles=roles,
        by="system",
        person_id=person_id,
        password=PASSWORD,
        totp_secret=SECRET,
    )
    return added.member


def code_now(secret: str = SECRET) -> str:
    """What an authenticator shows at the moment of the tests' clock."""
    return pyotp.TOTP(secret).at(int(clock.timestamp()))


def sign_in_staff(browser: Browser, username: str = "reviewer", *, password: str = PASSWORD, next_path: str = "") -> Page:
    """Through the pages; the code's half minute is over afterwards, so that the next sign-in finds a fresh one."""
    where = f"/bureau/sign-in?next={next_path}" if next_path else "/bureau/sign-in"
    browser.get(where)
    browser.post(where, {"username": username, "password": password})
    page = browser.post(f"/bureau/sign-in/second-factor?next={next_path or ''}", {"code": code_now()})
    clock.move(timedelta(seconds=31))
    return page


def staff_browser(
    app: Flask, roles: Collection[Role] = (Role.reviewer,), *, username: str = "reviewer", agency: str = "deyang"
) -> Browser:
    """A member of these roles, signed in."""
    make_staff(username, roles, agency=agency)
    browser = Browser(app)
    sign_in_staff(browser, username)
    return browser
