"""A security administrator alone wants to be two agents, and so both persons of an unfreezing (ASVS 2.3.5, 6.4.6)."""

import re
from dataclasses import replace
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from app.core import clock
from app.core.audit import AuditRow
from app.core.db import db
from app.core.errors import DomainError, NotFound
from app.staff.models import Role, StaffMember
from app.staff.queries import find_staff
from app.staff.service import show_second_half
from tests.kit.at_once import at_once, named
from tests.kit.client import Browser, Page
from tests.kit.staff import make_staff, staff_browser

HALF = re.compile(r"\b\w{5}-\w{5}\b(?!-)")


def member(username: str) -> StaffMember:
    db.session.rollback()
    found = find_staff(username)
    assert found is not None
    return found


@pytest.fixture
def secadmin(app: Flask) -> Browser:
    return staff_browser(app, [Role.secadmin], username="anquan")


def half_on(page: Page, name: str) -> str:
    shown = next(n for n in page.nodes if f"data-{name}" in n.attrs).text.strip()
    assert HALF.fullmatch(shown), shown
    return shown


def reset(browser: Browser, username: str) -> str:
    browser.get("/bureau/me")
    return half_on(browser.post(f"/bureau/staff/{member(username).id}/reset"), "one-time-password")


def read_second(browser: Browser, username: str) -> str:
    page = browser.get("/bureau/approvals")
    assert f" · {username}" in page.text
    return half_on(browser.post(f"/bureau/staff/{member(username).id}/second-half"), "second-half")


def try_password(app: Flask, username: str, password: str, *, expect: int = 200) -> str:
    browser = Browser(app)
    browser.get("/bureau/sign-in")
    return browser.post("/bureau/sign-in", {"username": username, "password": password}, expect=expect).response.request.path


@pytest.mark.parametrize("separation", ["full", "small"])
def test_who_resets_an_agent_or_adds_one_cannot_sign_in_as_that_agent(app: Flask, secadmin: Browser, separation: str) -> None:
    app.config["SETTINGS"] = replace(app.config["SETTINGS"], separation=separation, staff_guesses=50)
    make_staff("kefu", [Role.agent])
    make_staff("shenji", [Role.auditadmin])

    shown = reset(secadmin, "kefu")
    secadmin.get("/bureau/staff/new")
    data = {"username": "kefu2", "name": "王丽", "agency": "deyang", "roles": ["agent"]}
    added = half_on(secadmin.post("/bureau/staff", data), "one-time-password")

    for username, half in (("kefu", shown), ("kefu2", added)):
        for tried in (half, f"{half}-{half}", f"{half}-", f"-{half}"):
            try_password(app, username, tried, expect=422)
        assert f" · {username}" not in secadmin.get("/bureau/approvals").text
        secadmin.post(f"/bureau/staff/{member(username).id}/second-half", expect=404)
        for path in ("/bureau/me", f"/bureau/staff/{member(username).id}", "/bureau/messages"):
            assert not HALF.search(secadmin.get(path).text)


def test_a_colleague_hands_over_the_other_half_and_the_member_signs_in(app: Flask, secadmin: Browser) -> None:
    colleague = staff_browser(app, [Role.counter], username="chuangkou")
    make_staff("kefu", [Role.agent])

    first = reset(secadmin, "kefu")
    assert "1 个一次性密码等人转交" in colleague.get("/bureau").text
    second = read_second(colleague, "kefu")

    try_password(app, "kefu", second, expect=422)
    assert try_password(app, "kefu", f"{first}-{second}") == "/bureau/sign-in/second-factor"
    row = db.session.scalars(select(AuditRow).where(AuditRow.tag == "staff:half_shown")).one()
    assert (row.actor, row.subject) == (member("chuangkou").actor, member("kefu").actor)
    colleague.get("/bureau/me")
    colleague.post(f"/bureau/staff/{member('kefu').id}/second-half", expect=404)


def test_of_many_colleagues_at_once_one_reads_it(app: Flask, secadmin: Browser) -> None:
    make_staff("kefu", [Role.agent])
    for number in range(4):
        make_staff(f"chuangkou{number}", [Role.counter])
    reset(secadmin, "kefu")

    calls = [lambda n=n: show_second_half(member("kefu"), to=member(f"chuangkou{n}")) for n in range(4)]
    answers = named(at_once(app, calls))

    assert answers.count("not_found") == 3


def test_nobody_gets_both_halves_by_another_way(app: Flask, secadmin: Browser) -> None:
    make_staff("kefu", [Role.agent])
    reset(secadmin, "kefu")

    for username in ("anquan", "kefu"):
        with pytest.raises(DomainError, match="half_own"):
            show_second_half(member("kefu"), to=member(username))


def test_a_stranger_another_county_and_who_comes_late_get_no_half(app: Flask, secadmin: Browser) -> None:
    make_staff("kefu", [Role.agent])
    elsewhere = staff_browser(app, [Role.counter], username="xianqu", agency="jingyang")
    reset(secadmin, "kefu")
    where = f"/bureau/staff/{member('kefu').id}/second-half"

    elsewhere.get("/bureau/me")
    elsewhere.post(where, expect=404)
    stranger = Browser(app)
    stranger.get("/bureau/sign-in")
    assert stranger.post(where).response.request.path == "/bureau/sign-in"
    make_staff("chuangkou", [Role.counter])
    clock.move(timedelta(days=7, seconds=1))
    with pytest.raises(NotFound):
        show_second_half(member("kefu"), to=member("chuangkou"))


def test_a_second_reset_leaves_the_first_halves_worthless(app: Flask, secadmin: Browser) -> None:
    colleague = staff_browser(app, [Role.counter], username="chuangkou")
    make_staff("kefu", [Role.agent])
    reset(secadmin, "kefu")
    old_second = read_second(colleague, "kefu")

    first = reset(secadmin, "kefu")

    try_password(app, "kefu", f"{first}-{old_second}", expect=422)
    assert try_password(app, "kefu", f"{first}-{read_second(colleague, 'kefu')}") == "/bureau/sign-in/second-factor"
