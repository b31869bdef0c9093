"""Every address of the desk x every role: who gets in is written here once more, by hand."""

import pytest
from flask import Flask

from app.core import access
from app.staff.models import Role
from tests.kit.client import Browser
from tests.kit.staff import make_staff, sign_in_staff

EVERYBODY = set(Role)
REVIEWERS = {Role.reviewer}
AGENTS = {Role.agent}
OPEN = "no session needed"
HALF = "a session of staff, also half open"

TABLE: dict[str, object] = {
    "GET /bureau/sign-in": OPEN,
    "POST /bureau/sign-in": OPEN,
    "GET /bureau/sign-in/second-factor": HALF,
    "POST /bureau/sign-in/second-factor": HALF,
    "GET /bureau/sign-in/password": HALF,
    "POST /bureau/sign-in/password": HALF,
    "POST /bureau/sign-out": HALF,
    "GET /bureau": EVERYBODY,
    "GET /bureau/me": EVERYBODY,
    "POST /bureau/me/sessions/1/ending": EVERYBODY,
    "GET /bureau/cases": REVIEWERS,
    "POST /bureau/claims": REVIEWERS,
    "GET /bureau/cases/1": REVIEWERS,
    "POST /bureau/cases/1/claim": REVIEWERS,
    "POST /bureau/cases/1/release": REVIEWERS,
    "POST /bureau/cases/1/approval": REVIEWERS,
    "POST /bureau/cases/1/correction": REVIEWERS,
    "POST /bureau/cases/1/rejection": REVIEWERS,
    "POST /bureau/cases/1/undoing": REVIEWERS,
    "GET /bureau/cases/1/pages/1": REVIEWERS,
    "GET /bureau/cases/1/letter": REVIEWERS,
    "GET /bureau/calls": AGENTS,
    "GET /bureau/calls/1": AGENTS,
    "GET /bureau/calls/searches/1": AGENTS,
    "POST /bureau/calls/searches": AGENTS,
    "POST /bureau/calls/searches/1/persons/1/call": AGENTS,
    "POST /bureau/calls/1/verification": AGENTS,
    "POST /bureau/calls/1/freezing": AGENTS,
    "POST /bureau/calls/1/devices/1/removal": AGENTS,
    "POST /bureau/calls/1/links/1/unbinding": AGENTS,
    "POST /bureau/calls/1/message": AGENTS,
    "POST /bureau/calls/1/unfreezing": AGENTS,
    "POST /bureau/unfreezings/1/confirmation": AGENTS,
    "POST /bureau/unfreezings/1/refusal": AGENTS,
    "GET /bureau/reports": EVERYBODY,
    "GET /bureau/reports/1": EVERYBODY,
    "GET /bureau/reports/1/file": EVERYBODY,
}


def test_the_table_names_every_address_of_the_desk(app: Flask) -> None:
    there = set()
    for rule in app.url_map.iter_rules():
        if rule.rule.startswith("/bureau"):
            path = rule.rule
            for argument in rule.arguments:
                path = path.replace(f"<int:{argument}>", "1")
            there |= {f"{method} {path}" for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}}

    assert there == set(TABLE)


def test_no_address_of_the_desk_is_open_by_mistake(app: Flask) -> None:
    adapter = app.url_map.bind("localhost")
    for line, who in TABLE.items():
        method, path = line.split()
        endpoint, _values = adapter.match(path, method=method)
        rule = access.rule_of(app, endpoint)
        assert rule is not None and (rule is access.anyone) == (who == OPEN), line


@pytest.mark.parametrize("role", list(Role))
def test_a_role_opens_what_the_table_says_and_nothing_else(app: Flask, role: Role) -> None:
    make_staff("someone", [role])
    browser = Browser(app)
    sign_in_staff(browser, "someone")
    token = browser.get("/bureau/me").hidden()["csrf_token"]

    for line, who in TABLE.items():
        method, path = line.split()
        if path in {"/bureau/sign-out", "/bureau/me/sessions/1/ending"} or not isinstance(who, set):
            continue
        answer = browser.http.open(path, method=method, data={"csrf_token": token} if method == "POST" else None)
        assert (answer.status_code == 403) == (role not in who), f"{line} as {role}: {answer.status_code}"


def test_a_stranger_and_a_citizen_are_sent_to_the_staff_sign_in(app: Flask, browser: Browser) -> None:
    token = browser.get("/bureau/sign-in").hidden()["csrf_token"]

    for line, who in TABLE.items():
        method, path = line.split()
        if who == OPEN:
            continue
        answer = browser.http.open(path, method=method, data={"csrf_token": token} if method == "POST" else None)
        assert answer.status_code == 303 and answer.location.startswith("/bureau/sign-in"), line
