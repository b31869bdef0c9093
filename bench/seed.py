"""A bureau to measure on: persons with credentials and presentations, an institution with a key, and as many old rows as asked."""

import os
import time
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import flask_migrate
from flask import Flask
from sqlalchemy import insert, text

from app import create_app
from app.config import load_settings
from app.core.crypto import vault
from app.core.db import db, schema_changes, transaction
from app.core.keys.secrets_file import new_master, new_secret
from app.credentials.code_format import make_code, new_handle
from app.credentials.keyring import key_of, keyring
from app.credentials.models import Credential, CredentialKind, CredentialStatus, Presentation
from app.institutions.service import add_institution, issue_key
from app.roster.models import InsuredPerson, InsuredStatus

CODE = "H51060000001"
BATCH = 5000
OLD = datetime(2026, 1, 1, tzinfo=UTC)


def environment(database_url: str, instance: Path) -> dict[str, str]:
    """What a measured server gets: demo mode on this database, limits out of the way."""
    return {
        "APP_MODE": "demo",
        "DATABASE_URL": database_url,
        "INSTANCE_PATH": str(instance),
        "SECRET_KEY": new_secret(),
        "DATA_KEY": new_secret(),
        "AUDIT_KEY": new_secret(),
        "CODE_MASTERS": new_master("sha256", 0),
        "EC_QUERY_PER_SECOND": "1000000",
        "EC_QUERY_BURST": "2000000",
        "OFFLINE_USES": "1000000",
        "TEST_WIDE_BOUNDS": "1",
    }


def open_app(environ: dict[str, str]) -> Flask:
    return create_app(load_settings(environ))


class Bureau:
    """Seeded once; hands out requests that scan codes drawn this second."""

    def __init__(self, app: Flask, presentations: int) -> None:
        self.app = app
        with app.app_context():
            flask_migrate.upgrade()
            with transaction():
                add_institution(CODE, "量度医院", region_code="510603", business_types=["01101", "01301"])
            self.key = issue_key(CODE)
            self.handles = _seed_presentations(presentations)
            db.session.remove()
        self._number = 0
        self._second = 0

    def requests(self, count: int) -> list[tuple[dict[str, str], bytes]]:
        """`count` scans, each of a presentation of its own, of codes that are fresh and unused."""
        while int(time.time()) <= self._second:
            time.sleep(0.05)
        self._second = now = int(time.time())
        with self.app.app_context():
            master = keyring.newest
            codes = [make_code(key_of(master, handle), handle, now) for handle in self.handles[:count]]
        return [({"Authorization": f"Bearer {self.key}"}, self._body(code)) for code in codes]

    def under_new_number(self, body: bytes) -> bytes:
        """The same scan as another request."""
        self._number += 1
        return body.replace(b'"outBizNo": "b', f'"outBizNo": "r{self._number}-'.encode())

    def _body(self, code: str) -> bytes:
        self._number += 1
        return (
            f'{{"orgId": "{CODE}", "transType": "ec.query", "data": {{"ecQrCode": "{code}", "businessType": "01101", '
            f'"operatorId": "op1", "operatorName": "张医生", "officeId": "A01", "outBizNo": "b{os.getpid()}-{self._number}"}}}}'
        ).encode()


def _seed_presentations(count: int) -> list[str]:
    handles = [new_handle() for _ in range(count)]
    now = datetime.now(UTC)
    with transaction():
        for start in range(0, count, BATCH):
            part = handles[start : start + BATCH]
            persons: list[dict[str, Any]] = []
            for i in range(start, start + len(part)):
                number = f"51060019{60 + i % 40:02d}0101{i:04d}"
                digest = vault.keyed_hash("cert_no", f"01:{number}:{i}")
                persons.append(
                    {
                        "id": i + 1,
                        "cert_type": "01",
                        "cert_no_hash": digest,
                        "cert_no_encrypted": vault.encrypt("cert_no", number.encode(), bound_to=digest),
                        "name": "量度甲",
                        "gender": "1",
                        "birthday": date(1960 + i % 40, 1, 1),
                        "nationality": "01",
                        "insured_region": "510603",
                        "insutype": "310",
                        "psn_no": "",
                        "psn_type": "1101",
                        "status": InsuredStatus.normal,
                        "is_specimen": False,
                        "created_at": now,
                        "updated_at": now,
                    }
                )
            db.session.execute(insert(InsuredPerson), persons)
            credentials = [
                {
                    "id": p["id"],
                    "person_id": p["id"],
                    "kind": CredentialKind.own,
                    "activated_at": now,
                    "status": CredentialStatus.active,
                }
                for p in persons
            ]
            db.session.execute(insert(Credential), credentials)
            shown = [
                {
                    "handle": h,
                    "credential_id": p["id"],
                    "device_id": None,
                    "master_id": keyring.newest.id,
                    "created_at": now,
                    "seen_at": now,
                }
                for h, p in zip(part, persons, strict=True)
            ]
            db.session.execute(
                insert(Presentation), [{**s, "shown_by": "self", "last_used": 0, "uses_since_seen": 0} for s in shown]
            )
    return handles


def grow(app: Flask, rows: int) -> None:
    """Fills scan, audit and roster with that many old rows, made inside the database."""
    numbers = {
        "sqlite": "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < :rows) ",
        "postgresql": "WITH n(i) AS (SELECT generate_series(1, :rows)) ",
    }
    with app.app_context(), schema_changes(), db.engine.begin() as connection:
        kind = connection.dialect.name
        head = numbers[kind]
        random = {"sqlite": "randomblob(32)", "postgresql": "sha256(CAST(i AS text)::bytea)"}[kind]
        sealed = {"sqlite": "zeroblob(47)", "postgresql": "decode(repeat('00', 47), 'hex')"}[kind]
        values = {"rows": rows, "old": OLD.replace(tzinfo=None) if kind == "sqlite" else OLD, "false": False}
        connection.execute(
            text(
                "INSERT INTO scan (id, created_at, institution_id, credential_id, handle, business_type, outcome, "
                f"issued_at, operator_id, operator_name, office_id, out_biz_no, shown_by) {head} "
                "SELECT i, :old, 1, 1 + i % 4000, '00000000000000000000', '01101', 0, 1, 'op1', '某', 'A01', 'old', 'self' FROM n"
            ),
            values,
        )
        connection.execute(
            text(
                f"INSERT INTO audit (id, created_at, tag, outcome, actor, subject, person_id, place, detail, row_mac) {head} "
                f"SELECT i, :old, 'scan:answered', 'ok', 'institution:1', 'credential:1', 1, '', '{{}}', {random} FROM n"
            ),
            values,
        )
        connection.execute(
            text(
                "INSERT INTO insured_person (id, cert_type, cert_no_hash, cert_no_encrypted, name, gender, birthday, nationality, "
                "insured_region, insutype, psn_no, psn_type, status, is_specimen, created_at, updated_at) "
                f"{head} SELECT 10000000 + i, '01', {random}, {sealed}, '量度乙', '1', "
                "CAST(NULL AS date), '01', '510603', '310', '', '1101', '1', :false, :old, :old FROM n"
            ),
            values,
        )
    with app.app_context():
        gather_statistics()


def gather_statistics() -> None:
    """Vacuumed too: what an index alone can answer must not depend on when the database tidied up last."""
    with schema_changes(), db.engine.connect() as connection:
        if connection.dialect.name == "postgresql":
            connection.execution_options(isolation_level="AUTOCOMMIT").execute(text("VACUUM ANALYZE"))
        else:
            connection.execute(text("ANALYZE"))
            connection.commit()
