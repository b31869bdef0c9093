"""What a scan reads does not grow with the tables: the exact half of the growth goals (`make bench` measures the other)."""

from collections import Counter
from pathlib import Path
from typing import Any

from flask import Flask
from sqlalchemy import event, insert, text

from app import create_app
from app.config import load_settings
from app.core import clock
from app.core.db import db, transaction
from app.institutions.service import add_institution, issue_key
from app.scanning.models import EcToken, StoredAnswer
from bench.seed import Bureau, environment, grow
from tests.kit.databases import EMPTYING, Databases

FEW, MANY = 2_000, 40_000
BIG_TABLES = (
    "scan",
    "audit",
    "insured_person",
    "presentation",
    "credential",
    "stored_answer",
    "ec_token",
    "api_key",
    "institution",
)


def _bureau(url: str, tmp_path: Path, rows: int) -> tuple[Flask, Bureau]:
    app = create_app(load_settings(environment(url, tmp_path)))
    bureau = Bureau(app, 600)
    with app.app_context():
        for n in range(400):
            code = f"P51060{n:06d}"
            with transaction():
                add_institution(code, "药店", region_code="510603", business_types=["02121"])
            issue_key(code)
        _fill_short_lived()
    grow(app, rows)
    return app, bureau


def _fill_short_lived() -> None:
    """Ten minutes of answers and a day of tokens, so that a plan is chosen as in use."""
    with transaction():
        db.session.execute(
            insert(StoredAnswer),
            [
                {"institution_id": 1, "out_biz_no": f"old{n}", "body_sha256": bytes(32), "created_at": 1, "answer": b"x" * 300}
                for n in range(3000)
            ],
        )
        token = {"scan_id": 1, "credential_id": 1, "institution_id": 1, "business_type": "01101", "expires_at": clock.now()}
        db.session.execute(insert(EcToken), [{**token, "token_hash": n.to_bytes(32, "big")} for n in range(3000)])


def _scan_once(app: Flask, bureau: Bureau) -> None:
    headers, body = bureau.requests(1)[0]
    answer = app.test_client().post("/api/v1/ec/query", data=body, headers=headers, content_type="application/json")
    assert answer.get_json()["code"] == 0


def _statements_of_a_scan(app: Flask, bureau: Bureau) -> list[str]:
    """Every statement SQLite runs, with its values, as its own trace tells."""
    seen: list[str] = []

    def trace(dbapi: Any, _record: Any, _proxy: Any) -> None:
        dbapi.set_trace_callback(seen.append)

    with app.app_context():
        engine = db.engine
    event.listen(engine, "checkout", trace)
    _scan_once(app, bureau)
    event.remove(engine, "checkout", trace)
    return [s for s in seen if s.split()[0] in {"SELECT", "INSERT", "UPDATE", "DELETE", "WITH"}]


def test_sqlite_runs_the_same_few_statements_and_scans_no_table(databases: Databases, tmp_path: Path) -> None:
    counts = []
    for rows in (FEW, MANY):
        with databases.fresh("sqlite") as url:
            app, bureau = _bureau(url, tmp_path, rows)
            _scan_once(app, bureau)

            statements = _statements_of_a_scan(app, bureau)

            with app.app_context():
                plans = [
                    str(line)
                    for s in statements
                    for line in db.session.execute(text("EXPLAIN QUERY PLAN " + s.replace(":", r"\:")))
                ]
                db.session.remove()
                db.engine.dispose()
            assert [plan for plan in plans if "SCAN" in plan] == []
            counts.append(Counter(s.split()[0] for s in statements))
    assert counts[0] == counts[1]
    assert counts[0].total() <= 8


def test_postgresql_looks_up_as_often_and_scans_no_table(databases: Databases, tmp_path: Path) -> None:
    reads = []
    for rows in (FEW, MANY):
        with databases.fresh("postgresql") as url:
            app, bureau = _bureau(url, tmp_path, rows)
            _scan_once(app, bureau)
            before = _read_counts(app)

            _scan_once(app, bureau)

            after = _read_counts(app)
            grown = {table: tuple(a - b for a, b in zip(after[table], before[table], strict=True)) for table in BIG_TABLES}
            assert {table: count for table, count in grown.items() if count[0]} == {}, "tables read from end to end"
            assert sum(count[2] for count in grown.values()) <= 14, grown  # some of them the planner's
            reads.append({table: count[1] for table, count in grown.items()})
    assert reads[0] == reads[1]


def _read_counts(app: Flask) -> dict[str, tuple[int, int, int]]:
    """Sequential scans, index scans and rows fetched by index per table, once every backend has reported."""
    with app.app_context():
        db.session.remove()
        db.engine.dispose()
        alone = text(
            "SELECT count(*) = 1 FROM pg_stat_activity WHERE datname = current_database() AND application_name <> :emptying"
        )
        while not db.session.execute(alone, {"emptying": EMPTYING}).scalar():
            db.session.rollback()
        db.session.execute(text("SELECT pg_stat_clear_snapshot()"))
        found = db.session.execute(
            text("SELECT relname, seq_scan, coalesce(idx_scan, 0), coalesce(idx_tup_fetch, 0) FROM pg_stat_user_tables")
        )
        counts = {row[0]: (row[1], row[2], row[3]) for row in found}
        db.session.remove()
        db.engine.dispose()
        return counts
