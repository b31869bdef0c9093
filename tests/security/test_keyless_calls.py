"""Strangers at the institutions' interface: they are answered, and leave no more behind than a bureau can bear."""

from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import func, select

from app.core import clock
from app.core.audit import AuditRow
from app.core.db import db, transaction
from app.core.limits import Bucket, MemoryStorage
from app.scanning.models import HelpEvent
from app.scanning.reasons import BY_NAME
from app.scanning.service import attempts
from app.scanning.service.attempts import open_help_event

SCAN = "/api/v1/ec/query"


def call(app: Flask, path: str = SCAN, *, address: str = "203.0.113.9", times: int = 1) -> list[tuple[int, str]]:
    said = []
    client = app.test_client()
    for _time in range(times):
        answer = client.post(path, json={}, environ_overrides={"REMOTE_ADDR": address})
        said.append((answer.status_code, answer.get_json()["reason"]))
    return said


def rows() -> tuple[int, int]:
    """Audit rows and help events."""
    db.session.rollback()
    counts = [db.session.scalar(select(func.count()).select_from(table)) or 0 for table in (AuditRow, HelpEvent)]
    return counts[0], counts[1]


def test_calls_without_a_key_are_all_answered_and_few_are_written_down(app: Flask) -> None:
    before = rows()

    said = call(app, times=150)

    assert set(said) == {(401, "key_invalid")}
    assert [now - then for now, then in zip(rows(), before, strict=True)] == [60, 60]


def test_nor_are_those_to_addresses_that_do_not_exist(app: Flask) -> None:
    before = rows()

    said = call(app, "/api/v1/nothing", times=100)

    assert set(said) == {(404, "not_found")}
    assert rows()[1] - before[1] == 60


def test_another_network_is_written_down(app: Flask) -> None:
    call(app, address="2001:db8::1", times=60)
    before = rows()

    call(app, address="2001:db8::2")
    assert rows() == before
    call(app, address="2001:db8:0:1::1")
    assert rows() != before


def test_a_help_code_is_found_when_nearly_all_are_taken(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(attempts.secrets, "randbelow", lambda _most: 482917)

    def open_one(audit_id: int) -> str:
        with transaction():
            return open_help_event(db.session.connection(), BY_NAME["key_invalid"], clock.now(), audit_id)

    assert open_one(1) == open_one(2)
    clock.move(timedelta(minutes=1))
    assert rows()[1] == 1
    assert db.session.scalars(select(HelpEvent.audit_id)).one() == 2


def test_limits_in_memory_forget_who_used_theirs_longest_ago(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("app.core.limits._MOST_KEYS", 100)
    kept, bucket = MemoryStorage(), Bucket(rate=0.0001, burst=1)
    assert kept.take(bucket, "used up") == 0.0

    for number in range(500):
        kept.take(bucket, f"stranger {number}")
        assert kept.take(bucket, "used up") > 0  # whoever knocks on is not forgotten
