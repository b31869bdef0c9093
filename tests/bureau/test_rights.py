"""Every address of the desk x every role: who gets in is written here once more, by hand."""

import pytest
from flask import Flask
from sqlalchemy import update

from app.core import access
from app.core.db import db, transaction
from app.staff.models import Role, StaffMember
from app.staff.service import disable_staff
from tests.kit.client import Browser
from tests.kit.staff import PASSWORD, make_staff, sign_in_staff

pytestmark = pytest.mark.one_database

EVERYBODY = set(Role)
REVIEWERS = {Role.reviewer}
AGENTS = {Role.agent}
SECADMINS = {Role.secadmin}
COUNTERS = {Role.counter}
AUDITORS = {Role.auditadmin}
ALARMED = {Role.auditadmin, Role.secadmin}
KEEPERS = {Role.sysadmin, Role.secadmin}  # a key is taken away by either
SYSADMINS = {Role.sysadmin}
OPEN = "no session needed"
HALF = "a session of staff, also half open"

TABLE: dict[str, object] = {
    "GET /bureau/sign-in": OPEN,
    "POST /bureau/sign-in": OPEN,
    "GET /bureau/sign-in/second-factor": HALF,
    "POST /bureau/sign-in/second-factor": HALF,
    "GET /bureau/sign-in/password": HALF,
    "POST /bureau/sign-in/password": HALF,
    "POST /bureau/sign-in/passkey": HALF,
    "POST /bureau/sign-in/passkey-challenges": HALF,
    "POST /bureau/sign-out": HALF,
    "POST /bureau/me/passkeys": EVERYBODY,
    "POST /bureau/me/passkeys/1/removal": EVERYBODY,
    "GET /bureau": EVERYBODY,
    "GET /bureau/me": EVERYBODY,
    "POST /bureau/me/sessions/1/ending": EVERYBODY,
    "GET /bureau/figures": EVERYBODY,
    "GET /bureau/figures/activations": EVERYBODY,
    "GET /bureau/figures/families": EVERYBODY,
    "GET /bureau/figures/protection": EVERYBODY,
    "GET /bureau/figures/reviews": EVERYBODY,
    "GET /bureau/figures/scans": EVERYBODY,
    "GET /bureau/figures/steps": EVERYBODY,
    "GET /bureau/figures/table": EVERYBODY,
    "GET /bureau/script-errors": SYSADMINS,
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
    "GET /bureau/audit": AUDITORS,
    "POST /bureau/audit/searches": AUDITORS,
    "GET /bureau/audit/1": AUDITORS,
    "GET /bureau/audit/document-views": AUDITORS,
    "POST /bureau/audit/exports": AUDITORS,
    "POST /bureau/audit/verifications": AUDITORS,
    "GET /bureau/alarms": ALARMED,
    "GET /bureau/call-backs": AGENTS,
    "GET /bureau/call-backs/1": AGENTS,
    "POST /bureau/call-backs/1/completion": AGENTS,
    "POST /bureau/call-backs/1/no-answer": AGENTS,
    "GET /bureau/denials": AGENTS,
    "GET /bureau/denials/1": AGENTS,
    "POST /bureau/denials/1/settlement": AGENTS,
    "POST /bureau/denials/1/call": AGENTS,
    "GET /bureau/custody-disputes": AGENTS,
    "POST /bureau/custody-disputes/1/settlement": AGENTS,
    "POST /bureau/calls/1/custody-dispute": AGENTS,
    "POST /bureau/unfreezings/1/confirmation": AGENTS,
    "POST /bureau/unfreezings/1/refusal": AGENTS,
    "GET /bureau/roster": {Role.sysadmin},
    "POST /bureau/roster/uploads": {Role.sysadmin},
    "POST /bureau/roster/uploads/1/check": {Role.sysadmin},
    "POST /bureau/roster/uploads/1/application": {Role.sysadmin},
    "POST /bureau/roster/uploads/1/removal": {Role.sysadmin},
    "GET /bureau/roster/imports/1": {Role.sysadmin},
    "POST /bureau/roster/imports/1/undoing": {Role.sysadmin},
    "GET /bureau/roster/persons": {Role.sysadmin},
    "POST /bureau/roster/searches": {Role.sysadmin},
    "GET /bureau/roster/persons/1": {Role.sysadmin},
    "POST /bureau/roster/persons/1/status": {Role.sysadmin},
    "GET /bureau/reports": EVERYBODY,
    "GET /bureau/reports/1": EVERYBODY,
    "GET /bureau/reports/1/file": EVERYBODY,
    "GET /bureau/counter": COUNTERS,
    "POST /bureau/counter/entries": COUNTERS,
    "POST /bureau/counter/searches": COUNTERS,
    "GET /bureau/counter/searches/1": COUNTERS,
    "POST /bureau/counter/searches/1/persons/1/visit": COUNTERS,
    "GET /bureau/counter/scans/1": COUNTERS,
    "POST /bureau/counter/scans/1/visit": COUNTERS,
    "GET /bureau/counter/visits/1": COUNTERS,
    "POST /bureau/counter/visits/1/letters": COUNTERS,
    "GET /bureau/counter/visits/1/letter": COUNTERS,
    "POST /bureau/counter/visits/1/slips": COUNTERS,
    "POST /bureau/counter/visits/1/slips/1/replacement": COUNTERS,
    "GET /bureau/counter/visits/1/family": COUNTERS,
    "POST /bureau/counter/visits/1/family": COUNTERS,
    "POST /bureau/counter/visits/1/requests/1/authorisation": COUNTERS,
    "GET /bureau/counter/slips": COUNTERS,
    "GET /bureau/counter/slips/1": COUNTERS,
    "POST /bureau/counter/slips/1/revocation": COUNTERS,
    "GET /bureau/approvals": EVERYBODY,
    "POST /bureau/approvals/1/approval": EVERYBODY,
    "POST /bureau/approvals/1/refusal": EVERYBODY,
    "POST /bureau/approvals/1/withdrawal": EVERYBODY,
    "GET /bureau/messages": EVERYBODY,
    "POST /bureau/messages/reading": EVERYBODY,
    "GET /bureau/staff/locked-sign-ins": SECADMINS,
    "POST /bureau/staff/locked-sign-ins/releases": SECADMINS,
    "GET /bureau/staff": SECADMINS,
    "POST /bureau/staff": SECADMINS,
    "GET /bureau/staff/1": SECADMINS,
    "POST /bureau/staff/1/agency": SECADMINS,
    "POST /bureau/staff/1/disabling": SECADMINS,
    "POST /bureau/staff/1/enabling": SECADMINS,
    "POST /bureau/staff/1/person": SECADMINS,
    "POST /bureau/staff/1/reset": SECADMINS,
    "POST /bureau/staff/1/second-half": EVERYBODY,  # but not whoever has the other half
    "POST /bureau/staff/1/reset-request": SECADMINS,
    "POST /bureau/staff/1/roles": SECADMINS,
    "POST /bureau/staff/1/second": SECADMINS,
    "POST /bureau/staff/1/sessions/ending": SECADMINS,
    "GET /bureau/staff/new": SECADMINS,
    "GET /bureau/institutions": KEEPERS,
    "GET /bureau/institutions/1": KEEPERS,
    "POST /bureau/institutions/1/keys/1/end": KEEPERS,
    "POST /bureau/institutions/1/keys/1/confirmation": {Role.sysadmin},
    "POST /bureau/institutions/1/keys/1/revocation": KEEPERS,
    "GET /bureau/institutions/new": {Role.sysadmin},
    "POST /bureau/institutions": {Role.sysadmin},
    "GET /bureau/institutions/1/details": {Role.sysadmin},
    "POST /bureau/institutions/1/details": {Role.sysadmin},
    "POST /bureau/institutions/1/disabling": {Role.sysadmin},
    "POST /bureau/institutions/1/enabling": {Role.sysadmin},
    "POST /bureau/institutions/1/key-requests": {Role.sysadmin},
    "POST /bureau/institutions/1/key-grants/1/claim": {Role.sysadmin},
    "POST /bureau/institutions/1/operators": {Role.sysadmin},
    "POST /bureau/institutions/1/operators/1/reset": {Role.sysadmin},
    "POST /bureau/institutions/1/operators/1/disabling": {Role.sysadmin},
    "GET /bureau/risk-rules": {Role.secadmin},
    "POST /bureau/risk-rules/dry-runs": {Role.secadmin},
    "GET /bureau/content": SYSADMINS,
    "GET /bureau/content/agencies": SYSADMINS,
    "POST /bureau/content/agencies": SYSADMINS,
    "GET /bureau/content/agencies/1": SYSADMINS,
    "POST /bureau/content/agencies/1": SYSADMINS,
    "POST /bureau/content/agencies/1/position": SYSADMINS,
    "POST /bureau/content/agencies/1/retirement": SYSADMINS,
    "POST /bureau/content/agencies/1/return": SYSADMINS,
    "GET /bureau/content/help": SYSADMINS,
    "POST /bureau/content/help": SYSADMINS,
    "GET /bureau/content/help/1": SYSADMINS,
    "POST /bureau/content/help/1": SYSADMINS,
    "POST /bureau/content/help/1/preview": SYSADMINS,
    "POST /bureau/content/help/1/translations": SYSADMINS,
    "GET /bureau/content/help/1/versions": SYSADMINS,
    "GET /bureau/content/help/1/versions/1": SYSADMINS,
    "POST /bureau/content/help/1/versions/1/restoration": SYSADMINS,
    "POST /bureau/content/help/1/withdrawal": SYSADMINS,
    "GET /bureau/content/holidays": SYSADMINS,
    "GET /bureau/content/holidays/1": SYSADMINS,
    "POST /bureau/content/holidays/1": SYSADMINS,
    "POST /bureau/content/holidays/1/check": SYSADMINS,
    "POST /bureau/content/holidays/1/file": SYSADMINS,
    "POST /bureau/content/holidays/1/removal": SYSADMINS,
    "GET /bureau/content/hotlines": SYSADMINS,
    "POST /bureau/content/hotlines": SYSADMINS,
    "GET /bureau/content/hotlines/1": SYSADMINS,
    "POST /bureau/content/hotlines/1": SYSADMINS,
    "POST /bureau/content/hotlines/1/check": SYSADMINS,
    "POST /bureau/content/hotlines/1/position": SYSADMINS,
    "POST /bureau/content/hotlines/1/removal": SYSADMINS,
    "GET /bureau/content/notice-drafts/1": SYSADMINS,
    "POST /bureau/content/notice-drafts/1": SYSADMINS,
    "POST /bureau/content/notice-drafts/1/preview": SYSADMINS,
    "POST /bureau/content/notice-drafts/1/proposal": SYSADMINS,
    "POST /bureau/content/notice-drafts/1/removal": SYSADMINS,
    "GET /bureau/content/notice-drafts/1/text": EVERYBODY,
    "GET /bureau/content/notices": SYSADMINS,
    "GET /bureau/content/notices/1": SYSADMINS,
    "POST /bureau/content/notices/1/draft": SYSADMINS,
    "GET /bureau/content/regions": SYSADMINS,
    "POST /bureau/content/regions": SYSADMINS,
    "GET /bureau/content/regions/1": SYSADMINS,
    "POST /bureau/content/regions/1": SYSADMINS,
    "POST /bureau/content/regions/1/retirement": SYSADMINS,
    "POST /bureau/content/regions/1/return": SYSADMINS,
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
    make_staff("another", [Role.reviewer])  # has the number 1: nobody acts upon themselves here
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


def test_who_is_not_wholly_in_opens_nothing(app: Flask) -> None:
    """The password alone; a password that was printed for them; disabled while signed in."""
    make_staff("half", [Role.secadmin])
    half, newcomer, gone = Browser(app), Browser(app), Browser(app)
    half.get("/bureau/sign-in")
    half.post("/bureau/sign-in", {"username": "half", "password": PASSWORD})
    make_staff("newcomer", [Role.sysadmin])
    sign_in_staff(newcomer, "newcomer")
    left = make_staff("gone", [Role.reviewer, Role.agent, Role.counter])
    sign_in_staff(gone, "gone")
    with transaction():
        db.session.execute(update(StaffMember).where(StaffMember.username == "newcomer").values(must_choose_password=True))
    disable_staff(left, by="system")

    for browser, where in ((half, "/second-factor"), (newcomer, "/password"), (gone, "")):
        token = browser.get("/bureau").hidden().get("csrf_token", "")
        for line, who in TABLE.items():
            method, path = line.split()
            if who == OPEN or (who == HALF and where):
                continue
            answer = browser.http.open(path, method=method, data={"csrf_token": token} if method == "POST" else None)
            assert answer.status_code == 303 and answer.location.partition("?")[0] == f"/bureau/sign-in{where}", f"{line} {where}"
