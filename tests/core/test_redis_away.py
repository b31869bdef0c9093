"""Redis goes away and comes back: limits are counted in each process meanwhile, nobody waits for it, and whoever must know does."""

import signal
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select
from structlog.testing import capture_logs

from app.core import limits, outages
from app.core.audit.models import AuditRow
from app.core.audit_tags import LimitsTag
from app.core.db import db
from app.staff.models import Role
from tests.kit.redis_server import RedisServer, redis_server
from tests.kit.staff import staff_browser
from tests.scanning.desk import change_settings, make_desk, make_telephone


@pytest.fixture(scope="module")
def redis() -> Iterator[RedisServer]:
    with redis_server() as server:
        yield server


@pytest.fixture
def bureau(app: Flask, redis: RedisServer, monkeypatch: pytest.MonkeyPatch) -> Iterator[Flask]:
    """One whose limits are kept in Redis; a short while stands for the five seconds in which only one call tries it."""
    redis.start()
    monkeypatch.setattr(limits, "_TRY_AGAIN_SECONDS", 0.2)
    monkeypatch.setattr(outages, "_QUIET_SECONDS", 0.0)
    outages.reset()
    app.config["SETTINGS"] = replace(app.config["SETTINGS"], ratelimit_storage_url=redis.url)
    app.extensions["limits"] = limits.GuardedStorage(limits.RedisStorage(redis.url))
    yield app
    outages.reset()


def until_tried_again() -> None:
    time.sleep(0.25)


def test_scans_go_on_within_limits_of_each_process(bureau: Flask, redis: RedisServer) -> None:
    desk, telephone = make_desk(bureau), make_telephone()
    change_settings(bureau, ec_query_per_second=0.001, ec_query_burst=3)
    assert desk.scan(telephone.draw(5)).json["code"] == 0
    redis.stop()

    during = [desk.scan(telephone.draw(4 - n)).status_code for n in range(4)]
    redis.start()
    until_tried_again()
    after = desk.scan(telephone.draw()).json["code"]

    assert during == [200, 200, 200, 429]
    assert after == 0


def test_nobody_waits_for_one_that_hangs(bureau: Flask, redis: RedisServer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "_TRY_AGAIN_SECONDS", 60.0)
    limits.retry_after(limits.per_second(100, 200), "a")
    redis.signal(signal.SIGSTOP)
    try:
        limits.retry_after(limits.per_second(100, 200), "a")
        began = time.monotonic()
        for _ in range(100):
            limits.retry_after(limits.per_second(100, 200), "a")
        took = time.monotonic() - began
    finally:
        redis.signal(signal.SIGCONT)

    assert took < 0.5


def test_an_outage_is_one_line_and_its_end_another(bureau: Flask, redis: RedisServer) -> None:
    bucket = limits.per_second(100, 200)
    redis.stop()

    with capture_logs() as told:
        for _ in range(20):
            limits.retry_after(bucket, "a")
            time.sleep(0.03)
        redis.start()
        until_tried_again()
        for _ in range(20):
            limits.retry_after(bucket, "a")

    assert [(line["event"], line["what"]) for line in told] == [("outage_began", "redis"), ("outage_over", "redis")]


def test_the_desk_and_the_doctor_are_told_once(bureau: Flask, redis: RedisServer) -> None:
    security = staff_browser(bureau, [Role.secadmin])
    limits.watch()
    well = limits.problems()
    redis.stop()

    for _ in range(3):
        limits.watch()
    ill = limits.problems()
    redis.start()
    for _ in range(3):
        limits.watch()

    rows = db.session.scalars(select(AuditRow.tag).where(AuditRow.tag.startswith("limits:")).order_by(AuditRow.id)).all()
    assert list(rows) == [LimitsTag.alone, LimitsTag.shared_again]
    assert well == [] and len(ill) == 1 and "RATELIMIT_STORAGE_URL" in ill[0]
    assert "计数的服务器连不上" in security.get("/bureau/alarms").text


def test_a_bureau_of_one_process_needs_no_redis(app: Flask, tmp_path: Path) -> None:
    limits.watch()

    assert limits.problems() == []
