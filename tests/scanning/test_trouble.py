"""What a desk hears when something behind the API fails or is too busy."""

import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import httpx
import pytest
from flask import Flask
from sqlalchemy import select, update

from app import create_app
from app.core.audit.models import AuditRow
from app.core.db import db, transaction
from app.roster.models import InsuredPerson
from tests.kit.redis_server import running_redis
from tests.kit.server import Server
from tests.kit.settings import make_settings
from tests.scanning.desk import Desk, Telephone, change_settings


@pytest.mark.parametrize("url", ["sqlite:////nowhere/at/all.sqlite3", "postgresql+psycopg://127.0.0.1:1/nothing"])
def test_a_store_that_is_away_says_try_again(tmp_path: Path, url: str) -> None:
    app = create_app(make_settings(database_url=url, instance_path=tmp_path))

    answer = app.test_client().post(
        "/api/v1/ec/query", json={"orgId": "H51060000001"}, headers={"Authorization": "Bearer pz_1_secret"}
    )

    assert (answer.status_code, answer.json["code"], answer.json["reason"]) == (503, 2010, "try_again")
    assert int(answer.headers["Retry-After"]) > 0
    assert answer.json["helpCode"].startswith("P-60-")
    assert answer.json["orgId"] == "H51060000001"


def test_a_fault_of_ours_uses_nothing_up(desk: Desk, telephone: Telephone) -> None:
    request = desk.request(telephone.draw())
    sound = db.session.scalars(select(InsuredPerson.cert_no_encrypted)).one()
    _set_cert(b"\x01 changed by hand")

    answer = desk.send(request)

    assert (answer.status_code, answer.json["code"], answer.json["reason"]) == (500, 2013, "internal_error")
    assert "Traceback" not in answer.text
    _set_cert(sound)
    assert desk.send(request).json["code"] == 0


def test_too_many_requests_leave_rows_too(app: Flask, desk: Desk, telephone: Telephone) -> None:
    change_settings(app, ec_query_per_second=0.001, ec_query_burst=1)
    desk.scan(telephone.draw(1))

    assert desk.scan(telephone.draw()).status_code == 429

    outcomes = db.session.scalars(select(AuditRow.outcome).where(AuditRow.tag == "scan:attempted").order_by(AuditRow.id)).all()
    assert outcomes == ["ok", "too_many_requests"]


def test_nobody_uses_up_the_limit_of_another(app: Flask, desk: Desk, telephone: Telephone) -> None:
    change_settings(app, ec_query_per_second=0.001, ec_query_burst=2)
    for _ in range(5):
        assert desk.send({}, headers={"Authorization": f"Bearer {desk.key[:-1]}"}).status_code == 401

    assert desk.scan(telephone.draw()).json["code"] == 0


def test_two_processes_share_one_limit_through_redis(desk: Desk, start_server: Callable[..., Server]) -> None:
    with running_redis() as url:
        server = start_server(RATELIMIT_STORAGE_URL=url, EC_QUERY_PER_SECOND="1", EC_QUERY_BURST="20")
        started = time.monotonic()

        def scan(_: int) -> int:
            headers = {"Authorization": f"Bearer {desk.key}"}
            return http.post("/api/v1/ec/query", json=desk.request("1"), headers=headers).status_code

        with httpx.Client(base_url=server.base_url, timeout=60) as http, ThreadPoolExecutor(12) as pool:
            statuses = list(pool.map(scan, range(90)))
        took = time.monotonic() - started
        server.stop()

    assert set(statuses) == {200, 429}
    assert 20 <= statuses.count(200) <= 21 + took


def _set_cert(value: bytes) -> None:
    with transaction():
        db.session.execute(update(InsuredPerson).values(cert_no_encrypted=value))
