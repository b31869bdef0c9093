"""人员 and 复核 as pages: who works here, who says yes, and what nobody does alone."""

import re

import pytest
from flask import Flask

from app.core.db import db, transaction
from app.staff.models import Role, StaffMember
from app.staff.queries import find_staff
from app.staff.service import ask_reset, assign_roles, disable_staff
from tests.kit.at_once import at_once
from tests.kit.client import Browser, Page
from tests.kit.people import make_person
from tests.kit.staff import PASSWORD, make_staff, sign_in_staff, staff_browser

pytestmark = pytest.mark.one_database

NUMBER = "510600199003070017"
HALF = r"\b\w{5}-\w{5}\b"


@pytest.fixture
def secadmin(app: Flask) -> Browser:
    return staff_browser(app, [Role.secadmin], username="anquan")


@pytest.fixture
def sysadmin(app: Flask) -> Browser:
    return staff_browser(app, [Role.sysadmin], username="xitong")


def member(username: str) -> StaffMember:
    db.session.rollback()
    found = find_staff(username)
    assert found is not None
    return found


def act(browser: Browser, username: str, what: str, data: dict[str, object] | None = None, *, expect: int = 200) -> Page:
    browser.get("/bureau/me")
    return browser.post(f"/bureau/staff/{member(username).id}/{what}", data, expect=expect)


def add(browser: Browser, username: str, *roles: Role, agency: str = "deyang", expect: int = 200) -> Page:
    browser.get("/bureau/staff/new")
    data = {"username": username, "name": "王丽", "agency": agency, "roles": [role.value for role in roles]}
    return browser.post("/bureau/staff", data, expect=expect)


def answer_first(browser: Browser, ending: str) -> Page:
    page = browser.get("/bureau/approvals")
    return browser.post(next(n.attrs["action"] for n in page.all("form") if n.attrs["action"].endswith(ending)))


def test_a_clerk_is_added_and_signs_in_with_the_halves_that_two_people_are_shown_once(
    app: Flask, secadmin: Browser, sysadmin: Browser
) -> None:
    page = add(secadmin, "wang.li", Role.counter)

    half = re.search(HALF, page.text)
    assert half is not None and "只显示这一次" in page.text
    assert half[0] not in secadmin.get(f"/bureau/staff/{member('wang.li').id}").text
    rest = re.search(HALF, act(sysadmin, "wang.li", "second-half").text)
    assert rest is not None
    clerk = Browser(app)
    clerk.get("/bureau/sign-in")
    page = clerk.post("/bureau/sign-in", {"username": "wang.li", "password": f"{half[0]}-{rest[0]}"})
    assert page.response.request.path == "/bureau/sign-in/second-factor"


def test_a_mistake_is_said_beside_its_field(subtests: pytest.Subtests, secadmin: Browser) -> None:
    for username, roles, sentence in (
        ("Ab", [Role.counter], "小写字母"),
        ("anquan", [Role.counter], "已经有人用了"),
        ("wang.li", [], "至少选一个岗位"),
        ("wang.li", [Role.sysadmin, Role.secadmin], "不能由同一个人担任"),
        ("wang.li", [Role.auditadmin, Role.counter], "不能由同一个人担任"),
    ):
        with subtests.test(username=username, roles=roles, sentence=sentence):
            page = add(secadmin, username, *roles, expect=409 if username == "anquan" else 422)

            assert sentence in page.text and page.one("h1").text.strip() == "添加人员"


def test_a_change_of_role_holds_at_the_members_next_click(app: Flask, secadmin: Browser) -> None:
    clerk = staff_browser(app, [Role.counter], username="clerk")
    clerk.get("/bureau/counter")

    page = act(secadmin, "clerk", "roles", {"roles": ["reviewer"]})

    assert "岗位已改，马上生效" in page.text
    clerk.get("/bureau/counter", expect=403)
    clerk.get("/bureau/cases")


def test_who_becomes_an_administrator_needs_a_second_member(app: Flask, secadmin: Browser, sysadmin: Browser) -> None:
    make_staff("clerk", [Role.counter])

    page = act(secadmin, "clerk", "roles", {"roles": ["auditadmin"]})
    assert "复核通过以后生效" in page.text and member("clerk").roles == {Role.counter}
    assert "1 件事等您复核" in sysadmin.get("/bureau").text
    answer_first(sysadmin, "/approval")

    assert member("clerk").roles == {Role.auditadmin}
    assert "已经复核通过" in secadmin.get("/bureau/messages").text
    assert "条未读" in secadmin.get("/bureau").text
    secadmin.get("/bureau/messages")
    up_to = secadmin.page.hidden()["up_to"] if secadmin.page else ""
    secadmin.post("/bureau/messages/reading", {"up_to": up_to})
    assert "条未读" not in secadmin.get("/bureau").text


def test_a_new_administrator_can_do_nothing_until_a_second_member_agrees(app: Flask, secadmin: Browser, sysadmin: Browser) -> None:
    page = add(secadmin, "chen", Role.sysadmin)
    assert "岗位还没有生效" in page.text and member("chen").roles == frozenset()

    answer_first(sysadmin, "/refusal")
    assert member("chen").roles == frozenset()
    act(secadmin, "chen", "roles", {"roles": ["sysadmin"]})
    answer_first(secadmin, "/withdrawal")
    act(secadmin, "chen", "roles", {"roles": ["sysadmin"]})
    answer_first(sysadmin, "/approval")

    assert member("chen").roles == {Role.sysadmin}


def test_nobody_changes_themselves(app: Flask, secadmin: Browser) -> None:
    make_staff("other", [Role.secadmin])

    for what, data in (
        ("roles", {"roles": ["reviewer"]}),
        ("disabling", {}),
        ("agency", {"agency": "jingyang"}),
        ("reset", {}),
        ("reset-request", {}),
    ):
        act(secadmin, "anquan", what, data, expect=403)

    assert "这是您自己" in secadmin.get(f"/bureau/staff/{member('anquan').id}").text
    assert member("anquan").roles == {Role.secadmin}


def test_the_last_security_administrator_stays(app: Flask, secadmin: Browser) -> None:
    make_staff("second", [Role.secadmin])
    act(secadmin, "second", "disabling")
    act(secadmin, "second", "enabling")
    ids = member("anquan").id, member("second").id

    def send_away(which: int) -> None:
        with transaction():
            target = db.session.get_one(StaffMember, ids[which])
            disable_staff(target, by=f"staff:{ids[1 - which]}")

    answers = at_once(app, [lambda: send_away(0), lambda: send_away(1)])

    assert [getattr(a, "code", "") for a in answers].count("last_secadmin") == 1
    assert sum(member(name).disabled_at is None for name in ("anquan", "second")) == 1


def test_a_disabled_member_is_out_at_the_next_click_and_comes_back(app: Flask, secadmin: Browser) -> None:
    clerk = staff_browser(app, [Role.counter], username="clerk")

    act(secadmin, "clerk", "disabling")
    assert clerk.get("/bureau/counter").response.request.path == "/bureau/sign-in"
    act(secadmin, "clerk", "enabling")

    assert sign_in_staff(clerk, "clerk").response.request.path == "/bureau"


def test_a_reset_begins_anew_with_password_and_factors(app: Flask, secadmin: Browser) -> None:
    clerk = staff_browser(app, [Role.counter], username="clerk")

    page = act(secadmin, "clerk", "reset")

    assert re.search(HALF, page.text)
    assert clerk.get("/bureau").response.request.path == "/bureau/sign-in"
    assert member("clerk").totp_enrolled_at is None and member("clerk").must_choose_password
    clerk.post("/bureau/sign-in", {"username": "clerk", "password": PASSWORD}, expect=422)


def test_an_administrators_reset_is_printed_once_and_only_after_a_second_member_agreed(
    app: Flask, secadmin: Browser, sysadmin: Browser
) -> None:
    make_staff("shenji", [Role.auditadmin])
    act(secadmin, "shenji", "reset", expect=409)

    act(secadmin, "shenji", "reset-request")
    act(secadmin, "shenji", "reset", expect=409)
    answer_first(sysadmin, "/approval")
    act(secadmin, "shenji", "reset")

    act(secadmin, "shenji", "reset", expect=409)


def test_sessions_are_ended_for_somebody_else(app: Flask, secadmin: Browser) -> None:
    clerk = staff_browser(app, [Role.counter], username="clerk")

    act(secadmin, "clerk", "sessions/ending")

    assert clerk.get("/bureau").response.request.path == "/bureau/sign-in"


def test_a_member_is_linked_to_the_insured_person_they_are(app: Flask, secadmin: Browser) -> None:
    make_staff("clerk", [Role.counter])
    person = make_person()

    act(secadmin, "clerk", "person", {"cert_type": "01", "cert_no": "510600199001010025"}, expect=422)
    page = act(secadmin, "clerk", "person", {"cert_type": "01", "cert_no": NUMBER})

    assert member("clerk").person_id == person.id
    assert person.name not in page.text and NUMBER not in page.text


def test_a_county_sees_and_changes_its_own_people_only(app: Flask) -> None:
    county = staff_browser(app, [Role.secadmin], username="jing", agency="jingyang")
    make_staff("theirs", [Role.counter], agency="guanghan")
    make_staff("ours", [Role.counter], agency="jingyang")

    page = county.get("/bureau/staff")

    assert "ours" in page.text and "theirs" not in page.text
    county.get(f"/bureau/staff/{member('theirs').id}", expect=404)
    act(county, "theirs", "disabling", expect=404)
    add(county, "new.one", Role.counter, agency="guanghan", expect=422)
    act(county, "ours", "agency", {"agency": "deyang"}, expect=422)


@pytest.mark.both_databases
def test_the_list_finds_by_beginning_and_state(app: Flask, secadmin: Browser) -> None:
    make_staff("li.ming", [Role.counter])
    make_staff("li.hua", [Role.agent])
    act(secadmin, "li.hua", "disabling")
    add(secadmin, "li.new", Role.counter)

    def found(query: str) -> set[str]:
        page = secadmin.get(f"/bureau/staff?{query}")
        return {n.text.strip() for n in page.all("a") if "row-link" in n.attrs.get("class", "")}

    assert found("q=li.") == {"li.ming", "li.hua", "li.new"}
    assert found("q=ming") == set() and found("q=li_") == set()
    assert found("q=员工li") == {"li.ming", "li.hua"}
    assert found("q=li.&state=disabled") == {"li.hua"}
    assert found("q=li.&state=newcomers") == {"li.new"}
    assert found("q=li.&state=active") == {"li.ming"}


@pytest.mark.both_databases
def test_two_approvals_of_one_reset_at_once_give_one_grant(app: Flask, secadmin: Browser) -> None:
    make_staff("shenji", [Role.auditadmin])
    asker, auditor = member("anquan"), member("shenji")
    ask_reset(auditor, by=asker)

    again = at_once(app, [lambda: ask_reset(member("shenji"), by=member("anquan")) for _ in range(3)])

    assert [getattr(answer, "code", "") for answer in again] == ["already_asked"] * 3
    assert assign_roles(member("shenji"), [Role.auditadmin], by=asker) is None
