"""Real processes, real databases: what must hold when everything happens at once."""

import json
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Event

import httpx
from sqlalchemy import func, select, text

from app.core.audit import seal_pending
from app.core.audit.models import AuditRow
from app.core.audit.verify import Finding, verify
from app.core.db import Base, db, transaction
from app.scanning.models import EcToken, Scan
from tests.kit.server import Server
from tests.scanning.desk import Desk, Telephone

StartServer = Callable[..., Server]
UNHURRIED = {"EC_QUERY_PER_SECOND": "10000", "EC_QUERY_BURST": "20000"}


def _scan(http: httpx.Client, desk: Desk, code: str, biz_no: str) -> httpx.Response:
    return http.post(
        "/api/v1/ec/query",
        content=json.dumps(desk.request(code, outBizNo=biz_no)),
        headers={"Authorization": f"Bearer {desk.key}", "Content-Type": "application/json"},
        timeout=60,
    )


def _count(table: type[Base]) -> int:
    db.session.rollback()
    return db.session.scalar(select(func.count()).select_from(table)) or 0


def test_of_sixty_four_parallel_scans_of_one_code_one_is_accepted(
    desk: Desk, telephone: Telephone, start_server: StartServer
) -> None:
    server = start_server(**UNHURRIED)
    code = telephone.draw()

    with httpx.Client(base_url=server.base_url) as http, ThreadPoolExecutor(64) as pool:
        answers = list(pool.map(lambda i: _scan(http, desk, code, f"race-{i}"), range(64)))

    assert Counter(answer.status_code for answer in answers) == {200: 64}
    assert Counter(answer.json()["code"] for answer in answers) == {0: 1, 1006: 63}
    assert _count(EcToken) == 1


def test_of_sixty_four_twins_all_get_the_same_bytes(desk: Desk, telephone: Telephone, start_server: StartServer) -> None:
    server = start_server(**UNHURRIED)
    code = telephone.draw()

    with httpx.Client(base_url=server.base_url) as http, ThreadPoolExecutor(64) as pool:
        answers = list(pool.map(lambda _: _scan(http, desk, code, "twin"), range(64)))

    assert len({answer.content for answer in answers}) == 1
    assert answers[0].json()["code"] == 0
    assert _count(Scan) == 1


def test_a_kill_in_a_storm_loses_nothing_and_accepts_nothing_twice(
    desk: Desk, telephone: Telephone, start_server: StartServer
) -> None:
    server = start_server(**UNHURRIED)
    now_codes = [telephone.draw(seconds_ago) for seconds_ago in range(50, 0, -1)]
    accepted: list[str] = []
    is_under_way = Event()

    def storm(worker: int) -> None:
        with httpx.Client(base_url=server.base_url) as http:
            for i, code in enumerate(now_codes):
                try:
                    answer = _scan(http, desk, code, f"storm-{worker}-{i}")
                except httpx.HTTPError:
                    continue
                if answer.json().get("code") == 0:
                    accepted.append(code)
                if i == 5:
                    is_under_way.set()

    with ThreadPoolExecutor(8) as pool:
        running = [pool.submit(storm, worker) for worker in range(8)]
        assert is_under_way.wait(60)
        server.kill()
        for done in running:
            done.result()
    server.start()
    with httpx.Client(base_url=server.base_url) as http:
        for i, code in enumerate(now_codes):
            answer = _scan(http, desk, code, f"after-{i}")
            assert answer.status_code == 200
            if answer.json()["code"] == 0:
                accepted.append(code)

    assert accepted
    assert max(Counter(accepted).values()) == 1
    db.session.rollback()
    issued = db.session.scalars(select(Scan.issued_at).where(Scan.outcome == 0)).all()
    assert len(issued) == len(set(issued)) >= len(accepted)
    server.stop()
    seal_pending(everything=True)
    assert verify().findings == []

    changed = db.session.scalars(select(AuditRow.id).where(AuditRow.tag == "scan:attempted").limit(1)).one()
    with transaction():
        db.session.execute(text("UPDATE audit SET outcome = 'ok', actor = 'institution:99' WHERE id = :id"), {"id": changed})
    assert Finding("altered", f"row {changed}") in verify().findings
