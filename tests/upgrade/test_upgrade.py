"""The filled database of every released version, upgraded by this one, and a bureau's day on it."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import flask_migrate
import pyotp
import pytest
from flask import Flask
from sqlalchemy import select

from app.core import clock, jobs
from app.core.db import db
from app.credentials.code_format import make_code
from app.credentials.models import Credential, CredentialStatus
from app.documents.models import PageState
from app.documents.queries import list_pages
from app.documents.service import open_page
from app.roster.models import InsuredPerson
from app.roster.names import stored_fold
from app.roster.queries import cert_no_of, list_by_name
from app.roster.service import fold_names
from tests.kit.apps import check_for_serving
from tests.kit.client import Browser
from tests.kit.databases import Databases
from tests.upgrade.releases import RELEASES, Release


@pytest.fixture(scope="module", params=[(version, kind) for version in RELEASES for kind in ("sqlite", "postgresql")], ids="-".join)
def upgraded(request: pytest.FixtureRequest, databases: Databases, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    """(release, app): the tests of this file share it, as the people of a bureau do."""
    version, kind = request.param
    release = Release(version)
    with release.put_back(databases, kind, tmp_path_factory.mktemp("instance")) as app:
        ended = app.test_cli_runner().invoke(args=["db", "upgrade"])
        assert ended.exit_code == 0, ended.output
        yield release, app


@pytest.fixture
def release(upgraded: Any) -> Release:
    found: Release = upgraded[0]
    return found


@pytest.fixture
def app(upgraded: Any, release: Release) -> Iterator[Flask]:
    """Two minutes after the release was put away."""
    made: Flask = upgraded[1]
    clock.reset()
    clock.stop()
    clock.move(timedelta(seconds=release.facts["made_at"] + 120 - clock.timestamp()))
    with made.app_context():
        yield made
        db.session.remove()
    clock.reset()


def test_the_schema_is_this_versions(app: Flask) -> None:
    flask_migrate.check()

    check_for_serving(app)
    assert app.test_client().get("/readyz").get_data(as_text=True) == "ready\n"
    assert "nothing must be mended" in app.test_cli_runner().invoke(args=["doctor"]).output


def test_a_code_drawn_by_the_old_versions_phone_is_accepted(app: Flask, release: Release) -> None:
    shown, desk = release.facts["presentation"], release.facts["institution"]
    code = make_code(bytes.fromhex(shown["key"]), shown["handle"], int(clock.timestamp()))
    data = {
        "ecQrCode": code,
        "businessType": "01101",
        "operatorId": "d001",
        "operatorName": "张医生",
        "outBizNo": "after-1",
    }

    answer = app.test_client().post(
        "/api/v1/ec/query",
        json={"orgId": desk["fixmedins_code"], "transType": "ec.query", "data": data},
        headers={"Authorization": f"Bearer {desk['key']}"},
    )

    assert (answer.status_code, answer.json and answer.json["code"]) == (200, 0), answer.text
    old = release.facts["scan"]["answer"]["data"]
    assert {name: answer.json["data"][name] for name in ("userName", "idNo", "ecIndexNo")} == {
        name: old[name] for name in ("userName", "idNo", "ecIndexNo")
    }


def test_a_citizens_cookie_still_opens_their_pages(app: Flask, release: Release) -> None:
    browser = Browser(app)
    for name, value in release.facts["cookies"].items():
        browser.http.set_cookie(name, value, domain="localhost")

    page = browser.get("/family")

    assert page.response.request.path == "/family"
    assert "李*" in page.text or "家庭" in page.text
    unlocked = browser.get("/code")
    token = unlocked.hidden()["csrf_token"]
    browser.post("/code/unlocking", {"pin": release.facts["holder"]["pin"], "csrf_token": token})
    assert browser.get("/code").all("svg", role="img")


def test_staff_sign_in_and_find_the_case_that_waits(app: Flask, release: Release) -> None:
    member = release.facts["staff"]
    browser = Browser(app)
    browser.get("/bureau/sign-in")
    browser.post("/bureau/sign-in", {"username": member["username"], "password": member["password"]})

    code = pyotp.TOTP(member["totp_secret"]).at(int(clock.timestamp()))
    browser.post("/bureau/sign-in/second-factor", {"code": code})

    assert browser.get("/bureau/cases").response.request.path == "/bureau/cases"


def test_papers_open_and_a_job_that_waited_is_done(app: Flask, release: Release) -> None:
    (kept,) = list_pages(f"family_request:{release.facts['request']}")
    assert open_page(kept, by=f"account:{kept.owner_account_id}").startswith(b"\xff\xd8")

    for job in db.session.scalars(select(jobs.Job).where(jobs.Job.state == jobs.JobState.waiting)).all():
        jobs.run_job(job.id)

    db.session.rollback()
    assert {page.state for page in list_pages(release.facts["half_done"]["subject"])} == {PageState.ready}


def test_people_are_found_by_name_however_it_is_written(app: Flask) -> None:
    fold_names()

    db.session.rollback()
    people = db.session.scalars(select(InsuredPerson).where(InsuredPerson.is_specimen.is_(False))).all()
    assert people and all(person.folded_name == stored_fold(person.name) for person in people)
    for person in people:
        typed = f"\u202d{' '.join(person.name).lower()}\u202c"
        assert person.id in {found.id for found in list_by_name(typed, cert_no_of(person)[-4:], {person.insured_region})}


def test_what_was_frozen_is_frozen(app: Flask, release: Release) -> None:
    frozen = [release.facts[name]["credential"] for name in ("frozen", "frozen_after_backup")]

    found = db.session.scalars(select(Credential).where(Credential.id.in_(frozen))).all()

    assert [credential.status for credential in found] == [CredentialStatus.frozen] * 2


def test_the_audit_log_holds(app: Flask) -> None:
    ended = app.test_cli_runner().invoke(args=["audit", "verify"])

    assert ended.exit_code == 0, ended.output
