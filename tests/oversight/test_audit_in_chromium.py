"""The auditor's and the hotline's pages with something on them: valid, accessible, fitting."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from playwright.sync_api import Browser as Chromium

from app.core import audit
from app.core.db import transaction
from app.family.queries import find_call_back
from app.family.service import flag_custody
from app.staff.models import Role
from app.staff_jobs.service import run_staff_job
from tests.family.story import enrol
from tests.family.test_life_cycle import booked
from tests.hotline.test_followups import deny
from tests.kit.client import Browser
from tests.kit.databases import Databases
from tests.kit.staff import make_staff, sign_in_staff
from tests.kit.walks import faults_on_walks
from tests.oversight.test_audit import Act


@pytest.fixture
def database_url(databases: Databases) -> Iterator[str]:
    with databases.fresh("sqlite") as url:
        yield url


def signed_in(app: Flask, username: str, role: Role) -> Browser:
    make_staff(username, [role])
    browser = Browser(app)
    sign_in_staff(browser, username)
    return browser


def test_the_pages_of_audit_and_hotline_are_valid_accessible_and_fit(app: Flask, chromium: Chromium, tmp_path: Path) -> None:
    account, request_id = booked(app)
    call = find_call_back(request_id)
    assert call is not None and account.person_id is not None
    agent, auditor = signed_in(app, "agent", Role.agent), signed_in(app, "auditor", Role.auditadmin)
    denial = deny(account)
    flag_custody(enrol("20191012", "李朵朵", 5).id, by="staff:1")
    with transaction():
        viewed = audit.record(Act.viewed, actor="staff:1", subject="family_request:1", person_id=account.person_id, page=3)
        audit.record(Act.alarm, actor="staff:1", subject="staff:1", outcome="refused", misses=20)
    audit.seal_pending(everything=True)
    auditor.get("/bureau/audit")
    verification = auditor.post("/bureau/audit/verifications").response.request.path
    run_staff_job(int(verification.rsplit("/", 1)[1]))
    walks = [
        (
            auditor,
            [
                "/bureau",
                "/bureau/audit",
                f"/bureau/audit?person={account.person_id}&group=papers",
                f"/bureau/audit/{viewed}",
                "/bureau/audit/document-views",
                "/bureau/alarms",
                verification,
            ],
        ),
        (
            agent,
            [
                "/bureau",
                "/bureau/call-backs",
                f"/bureau/call-backs/{call.id}",
                "/bureau/denials",
                f"/bureau/denials/{denial.id}",
                "/bureau/custody-disputes",
            ],
        ),
    ]

    assert faults_on_walks(app, chromium, walks, tmp_path) == []
