"""The bare reference the scan is held against: one Flask view, plain SQL, the same rows in one transaction.

It verifies the MAC, decrypts the identity number, takes the outBizNo, redeems, and writes token, scan and audit row. It checks
nothing else: no scopes, no limits, no precedence of reasons. Served as `bench.reference:app`.
"""

import hashlib
import hmac
import json
import re
import secrets
import sqlite3
import threading
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import psycopg
from flask import Flask, Response, request

from app.config import load_settings
from app.core.crypto import Vault
from app.core.ids import new_id
from app.core.writers_queue import WritersQueue
from app.credentials.code_format import TAG_BYTES, TAG_DIGITS, derive_key, tag_of

settings = load_settings()
vault = Vault(settings.data_key)
_master = bytes.fromhex(settings.code_masters.split(",")[0].split(":")[2])
_sqlite = settings.database_url.startswith("sqlite")
_queue = WritersQueue(Path(settings.database_url.removeprefix("sqlite:///"))) if _sqlite else None
_mark = "?" if _sqlite else "%s"
_local = threading.local()
_shape = re.compile(r"80(\d{20})(\d{10})(\d{29})", re.ASCII)

app = Flask(__name__)


def _connection() -> Any:
    if not hasattr(_local, "connection"):
        if _sqlite:
            connection = sqlite3.connect(settings.database_url.removeprefix("sqlite:///"), isolation_level=None)
            for pragma in ("journal_mode=WAL", "foreign_keys=ON", "synchronous=NORMAL", "busy_timeout=15000", "cache_size=-16000"):
                connection.execute("PRAGMA " + pragma)
            _local.connection = connection
        else:
            _local.connection = psycopg.connect(settings.database_url.replace("+psycopg", ""), autocommit=True)
    return _local.connection


def _run(statement: str, *values: object) -> Any:
    return _connection().execute(statement.replace("?", _mark), values)


_KEY = (
    "SELECT k.secret_hash, i.id, i.fixmedins_code, i.business_types FROM api_key k "
    "JOIN institution i ON i.id = k.institution_id WHERE k.id = ?"
)
_TAKE = (
    "INSERT INTO stored_answer (institution_id, out_biz_no, body_sha256, created_at, answer) VALUES (?, ?, ?, ?, NULL) "
    "ON CONFLICT (institution_id, out_biz_no) DO NOTHING"
)
_SHOWN = (
    "SELECT p.credential_id, p.last_used, c.status, i.id, i.cert_type, i.cert_no_hash, i.cert_no_encrypted, i.name, i.gender, "
    "i.birthday, i.nationality, i.insured_region, i.status FROM presentation p JOIN credential c ON c.id = p.credential_id "
    "JOIN insured_person i ON i.id = c.person_id WHERE p.handle = ?"
)
_USE = (
    "UPDATE presentation SET last_used = ?, uses_since_seen = uses_since_seen + 1, last_scan_id = ? "
    "WHERE handle = ? AND last_used < ?"
)
_TOKEN = (
    "INSERT INTO ec_token (token_hash, scan_id, credential_id, institution_id, business_type, expires_at) VALUES (?, ?, ?, ?, ?, ?)"
)
_SCAN = (
    "INSERT INTO scan (id, created_at, institution_id, credential_id, handle, business_type, outcome, issued_at, operator_id, "
    "operator_name, office_id, out_biz_no, shown_by) VALUES (?, ?, ?, ?, ?, ?, 0, ?, ?, ?, ?, ?, 'self')"
)
_AUDIT = (
    "INSERT INTO audit (id, created_at, tag, outcome, actor, subject, person_id, place, detail, row_mac) "
    "VALUES (?, ?, 'scan:answered', 'ok', ?, ?, ?, '', ?, ?)"
)
_STORE = "UPDATE stored_answer SET answer = ? WHERE institution_id = ? AND out_biz_no = ?"


@app.post("/api/v1/ec/query")
def query() -> Response:
    raw = request.get_data()
    body = json.loads(raw)
    data = body["data"]
    _, key_id, secret = request.headers["Authorization"].removeprefix("Bearer ").split("_", 2)
    if _queue is not None:
        _queue.enter(15)
    try:
        answer = _in_transaction(raw, body, data, key_id, secret)
    finally:
        if _queue is not None:
            _queue.leave()
    return Response(answer, content_type="application/json")


def _in_transaction(raw: bytes, body: dict[str, Any], data: dict[str, Any], key_id: str, secret: str) -> bytes:
    _run("BEGIN IMMEDIATE" if _sqlite else "BEGIN")
    try:
        answer = _answer(raw, body, data, key_id, secret)
    except BaseException:
        _run("ROLLBACK")
        raise
    _run("COMMIT")
    return answer


def _answer(raw: bytes, body: dict[str, Any], data: dict[str, Any], key_id: str, secret: str) -> bytes:
    secret_hash, institution, code, scenes = _run(_KEY, int(key_id)).fetchone()
    assert hmac.compare_digest(bytes(secret_hash), vault.keyed_hash("api-key", f"{key_id}:{secret}"))
    assert body["orgId"] == code and data["businessType"] in scenes.split(",")
    now = datetime.now(UTC)
    stamp = int(time.time())
    _run(_TAKE, institution, data["outBizNo"], hashlib.sha256(raw).digest(), stamp)
    handle, issued, tag = _shape.fullmatch(data["ecQrCode"]).groups()
    signed = data["ecQrCode"][:-TAG_DIGITS].encode()
    assert hmac.compare_digest(tag_of(derive_key(_master, handle), signed), int(tag).to_bytes(TAG_BYTES, "big"))
    issued_at = int(issued)
    shown = _run(_SHOWN, handle).fetchone()
    credential, last_used, _status, person, cert_type, digest, sealed, name, gender, birthday, nation, region, _insured = shown
    assert stamp - 60 <= issued_at <= stamp + 30 and last_used < issued_at
    scan = new_id()
    assert _run(_USE, issued_at, scan, handle, issued_at).rowcount == 1
    token = secrets.token_urlsafe(24)
    _run(
        _TOKEN,
        hashlib.sha256(token.encode()).digest(),
        scan,
        credential,
        institution,
        data["businessType"],
        _moment(now + timedelta(1)),
    )
    where = (
        institution,
        credential,
        handle,
        data["businessType"],
        issued_at,
        data["operatorId"],
        data["operatorName"],
        data["officeId"],
    )
    _run(_SCAN, scan, _moment(now), *where, data["outBizNo"])
    detail = json.dumps({"scan": scan, "biz": data["outBizNo"]})
    row = json.dumps([new_id(), now.isoformat(), institution, credential, person, detail]).encode()
    mac = hmac.digest(settings.audit_key.encode(), row, hashlib.sha256)
    _run(_AUDIT, new_id(), _moment(now), f"institution:{institution}", f"credential:{credential}", person, detail, mac)
    number = vault.decrypt("cert_no", bytes(sealed), bound_to=bytes(digest)).decode()
    known = {
        "userName": name,
        "idNo": number,
        "idType": cert_type,
        "ecToken": token,
        "insuOrg": region,
        "ecIndexNo": str(credential),
    }
    known |= {"gender": gender, "birthday": str(birthday), "nationality": nation}
    extra = {"shownBy": "self", "subject": "person", "specimen": False, "scanId": str(scan)}
    text = json.dumps(
        {"code": 0, "message": "成功", "orgId": code, "data": {**known, "extData": extra}}, ensure_ascii=False
    ).encode()
    _run(_STORE, vault.encrypt("answer", text), institution, data["outBizNo"])
    return text


def _moment(value: datetime) -> object:
    return value.strftime("%Y-%m-%d %H:%M:%S.%f") if _sqlite else value
