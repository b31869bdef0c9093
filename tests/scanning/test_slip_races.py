"""Paper slips when everything happens at once: real processes, real databases."""

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import httpx
from flask import Flask

from app.accounts.models import ConsentPurpose
from app.accounts.queries import list_notices
from app.accounts.service import load_notices
from app.core.db import db, transaction
from app.core.errors import DomainError
from app.credentials.models import Credential, Slip
from app.credentials.service import revoke_slip, show_slip
from app.institutions.queries import get_institution
from app.roster.queries import get_person
from app.scanning.models import EcToken
from app.scanning.service import write_slip
from tests.credentials.holders import make_holder, make_person
from tests.scanning.desk import ALL_SCENES, ORG, Desk
from tests.scanning.test_races import UNHURRIED, StartServer, _count, _scan

CLERK = "staff:1"


def test_of_parallel_scans_of_picture_and_digits_one_is_accepted(desk: Desk, start_server: StartServer) -> None:
    server = start_server(**UNHURRIED)
    slip = write_slip(make_holder().person, get_institution(ORG), "01301", by=CLERK)
    paper = show_slip(slip, by=CLERK)

    with httpx.Client(base_url=server.base_url) as http, ThreadPoolExecutor(32) as pool:
        codes = [paper.digits, paper.number] * 16
        answers = list(pool.map(lambda i: _scan(http, desk, codes[i], f"slip-{i}"), range(len(codes))))

    assert Counter(answer.json()["code"] for answer in answers) == {0: 1, 1006: 31}
    assert _count(EcToken) == 1


def test_of_a_scan_and_a_revocation_at_once_exactly_one_wins(app: Flask, desk: Desk, start_server: StartServer) -> None:
    server = start_server(**UNHURRIED)
    person = make_holder().person

    with httpx.Client(base_url=server.base_url, headers={"Authorization": f"Bearer {desk.key}"}, timeout=60) as http:
        for scene in ALL_SCENES[:8]:
            slip = write_slip(person, get_institution(ORG), scene, by=CLERK)
            codes, was_revoked = _race(app, desk, http, slip.id, scene)
            assert codes[0] + was_revoked == 1, (scene, codes, was_revoked)
            assert set(codes) <= {0, 1007 if was_revoked else 1006}
            db.session.rollback()
            row = db.session.get_one(Slip, slip.id)
            assert (row.used_at is None, row.revoked_at is None) == (was_revoked, not was_revoked)


def _race(app: Flask, desk: Desk, http: httpx.Client, slip_id: int, scene: str) -> tuple[Counter[int], bool]:
    """The answers of two scans, and whether the revocation at the same moment counted."""
    digits, together = show_slip(db.session.get_one(Slip, slip_id), by=CLERK).digits, Barrier(3)
    db.session.rollback()

    def scan(number: int) -> int:
        body = desk.request(digits, outBizNo=f"{scene}-{number}", businessType=scene)
        together.wait()
        return int(http.post("/api/v1/ec/query", json=body).json()["code"])

    def revoke() -> bool:
        with app.app_context():
            together.wait()
            return revoke_slip(db.session.get_one(Slip, slip_id), by=CLERK)

    with ThreadPoolExecutor(3) as pool:
        scans, revoked = [pool.submit(scan, n) for n in range(2)], pool.submit(revoke)
        return Counter(one.result() for one in scans), revoked.result()


def test_of_two_clerks_at_once_one_issues(app: Flask, desk: Desk) -> None:
    load_notices()
    with transaction():
        person = make_person()
    person_id, together = person.id, Barrier(4)

    def issue(number: int) -> str:
        with app.app_context():
            notices = list_notices(ConsentPurpose.activation_notice, ConsentPurpose.share_on_scan)
            together.wait()
            try:
                write_slip(get_person(person_id), get_institution(ORG), "01301", by=f"staff:{number}", paper_notices=notices)
            except DomainError as refusal:
                return refusal.code
            return "issued"

    db.session.rollback()
    with ThreadPoolExecutor(4) as pool:
        outcomes = Counter(pool.map(issue, range(1, 5)))

    assert outcomes == {"issued": 1, "slip_open": 3}
    assert (_count(Slip), _count(Credential)) == (1, 1)
