"""What the review queue costs when a hundred times the cases wait: CPU time of the pages, and what the database reads for them.

What is read is exact: virtual machine steps on SQLite, rows and index entries on PostgreSQL.
"""

import re
import shutil
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import flask_migrate
import pyotp
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import event, text

from app.core.db import db, transaction
from app.regions.service import load_regions
from app.staff.models import Role
from app.staff.service import add_staff
from bench.ratios import Ratio, interleaved, ratio
from bench.seed import environment, gather_statistics, open_app
from bench.servers import create_databases, postgres
from tests.kit.databases import EMPTYING

CASES = (1_000, 100_000)
REGIONS = ("510603", "510604", "510681", "510682", "510683", "510623", "510699")
GOAL_READ, GOAL_CPU = "<= 1.2", "<= 1.3"
PAGES_A_ROUND = 10
MOST_LOOKS = 500
_PASSWORD = "seven quiet herons 9"
_SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"

_FILL = """
WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < :count)
INSERT INTO review_case (subject, kind, region, opened_at, due_at, state, needs_second, round)
SELECT 'bench_request:' || i, 'bench', {region}, {opened}, {due}, 'waiting', {no}, 1 FROM n
"""


def fill(count: int) -> None:
    """So many waiting cases over seven regions, a minute apart, each due two days after it came."""
    listed = ", ".join(f"'{code}'" for code in REGIONS)
    if db.engine.dialect.name == "postgresql":
        region = f"(ARRAY[{listed}])[1 + i % {len(REGIONS)}]"
        begin = "timestamptz '2026-01-01' + i * interval '1 minute'"
        values = {"region": region, "opened": begin, "due": f"{begin} + interval '2 days'", "no": "false"}
    else:
        region = "CASE i % 7 " + " ".join(f"WHEN {n} THEN '{code}'" for n, code in enumerate(REGIONS)) + " END"
        begin = "strftime('%Y-%m-%d %H:%M:%S.000000', '2026-01-01', '+' || i || ' minutes'{})"
        values = {"region": region, "opened": begin.format(""), "due": begin.format(", '+2 days'"), "no": "0"}
    with transaction():
        db.session.execute(text(_FILL.format(**values)), {"count": count})
    db.session.remove()
    gather_statistics()


class Desk:
    """A reviewer of the whole city, signed in, before a queue of this length."""

    def __init__(self, app: Flask, cases: int) -> None:
        self.app = app
        with app.app_context():
            flask_migrate.upgrade()
            load_regions()
            add_staff("bench", "量度", agency="deyang", roles=[Role.reviewer], by="system", password=_PASSWORD, totp_secret=_SECRET)
            fill(cases)
            db.session.remove()
            self.engine = db.engine
        self.client: FlaskClient = app.test_client()
        self.send("/bureau/sign-in", {"username": "bench", "password": _PASSWORD})
        self.send("/bureau/sign-in/second-factor", {"code": pyotp.TOTP(_SECRET).now()}, of="/bureau/sign-in/second-factor")

    def send(self, path: str, fields: dict[str, str] | None = None, *, of: str = "/bureau/sign-in") -> str:
        """Posts with the token of a page; where it leads."""
        page = self.client.get(of, follow_redirects=True).text
        token = re.search(r'name="csrf_token" value="([^"]+)"', page)
        assert token is not None, page
        answer = self.client.post(path, data={"csrf_token": token[1], **(fields or {})})
        assert answer.status_code == 303, answer.text
        return str(answer.location)

    def open(self, path: str) -> None:
        answer = self.client.get(path)
        assert answer.status_code == 200, answer.text

    def claim(self) -> None:
        """领取下一件, look at it, put it back."""
        page = self.send("/bureau/claims", of="/bureau/me")
        self.open(page)
        self.send(f"{page}/release", of="/bureau/me")

    def acts(self) -> dict[str, Callable[[], None]]:
        return {
            "queue page": lambda: self.open("/bureau/cases"),
            "desk": lambda: self.open("/bureau"),
            "claim, case page, release": self.claim,
        }

    def close(self) -> None:
        with self.app.app_context():
            db.session.remove()
            db.engine.dispose()


def count_statements(desk: Desk, act: Callable[[], None]) -> int:
    """How many statements an act runs."""
    seen: list[str] = []

    def note(*args: Any) -> None:
        seen.append(args[2])

    event.listen(desk.engine, "before_cursor_execute", note)
    act()
    event.remove(desk.engine, "before_cursor_execute", note)
    return len(seen)


def count_read(desk: Desk, act: Callable[[], None]) -> int:
    """What the database reads for an act, by its own count."""
    return _steps(desk, act) if desk.engine.dialect.name == "sqlite" else _rows(desk, act)


def _steps(desk: Desk, act: Callable[[], None]) -> int:
    steps = 0

    def step() -> int:
        nonlocal steps
        steps += 1
        return 0

    def watch(dbapi: Any, _record: Any, _proxy: Any) -> None:
        dbapi.set_progress_handler(step, 1)

    event.listen(desk.engine, "checkout", watch)
    act()
    event.remove(desk.engine, "checkout", watch)
    desk.close()
    return steps


def _rows(desk: Desk, act: Callable[[], None]) -> int:
    before = _read_so_far(desk)
    act()
    return _read_so_far(desk) - before


def _read_so_far(desk: Desk) -> int:
    """Rows read from tables and entries read from indexes, once every other backend has reported."""
    desk.close()
    with desk.app.app_context():
        mine = "datname = current_database() AND pid <> pg_backend_pid() AND backend_type = 'client backend'"
        mine += f" AND application_name <> '{EMPTYING}'"
        others = text(f"SELECT count(*) FROM pg_stat_activity WHERE {mine}")
        for _ in range(MOST_LOOKS):
            if not db.session.execute(others).scalar():
                break
            db.session.rollback()
            time.sleep(0.01)
        else:
            raise RuntimeError("a connection stays open, so its figures are not told")
        db.session.execute(text("SELECT pg_stat_clear_snapshot()"))
        tables = "SELECT coalesce(sum(seq_tup_read), 0) FROM pg_stat_user_tables"
        indexes = "SELECT coalesce(sum(idx_tup_read), 0) FROM pg_stat_user_indexes"
        found = int(db.session.execute(text(f"SELECT ({tables}) + ({indexes})")).scalar_one())
        db.session.remove()
        db.engine.dispose()
        return found


def measure(scale: str) -> list[Ratio]:
    """The same at both scales: the goal names these numbers of cases."""
    found: list[Ratio] = []
    folder = Path(tempfile.mkdtemp(prefix="pz-bench-"))
    try:
        found += _compare("SQLite", [f"sqlite:///{folder / name}.sqlite3" for name in ("few", "many")], folder)
        with postgres() as (url, _pid):
            create_databases(url, "few", "many")
            found += _compare("PostgreSQL", [url.format("few"), url.format("many")], folder)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    return found


def _compare(database: str, urls: list[str], folder: Path) -> list[Ratio]:
    few, many = (Desk(open_app(environment(url, folder)), count) for url, count in zip(urls, CASES, strict=True))
    found = []
    for name, act in many.acts().items():
        other = few.acts()[name]
        for warm in (act, other):
            warm()
        read = count_read(many, act) / count_read(few, other)
        found.append(ratio(f"{name}, read at {CASES[1]:,} against {CASES[0]:,} cases, {database}", [read], GOAL_READ))
        spent = interleaved(lambda act=act: _spent(act), lambda other=other: _spent(other), GOAL_CPU)
        found.append(ratio(f"{name}, CPU time at {CASES[1]:,} against {CASES[0]:,} cases, {database}", spent, GOAL_CPU))
    for desk in (few, many):
        desk.close()
    return found


def _spent(act: Callable[[], None]) -> float:
    before = time.process_time()
    for _ in range(PAGES_A_ROUND):
        act()
    return time.process_time() - before
