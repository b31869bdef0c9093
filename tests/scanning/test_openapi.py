import json
import os
import socket
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import jsonschema
import pytest
from flask import Flask
from openapi_spec_validator import validate
from sqlalchemy import select

from app.core.audit.models import AuditRow
from app.core.db import db
from app.scanning.reasons import REASONS
from app.scanning.service import ensure_specimens
from tests.kit.server import Server
from tests.scanning.desk import Desk, Telephone, make_desk

pytestmark = pytest.mark.one_database


@pytest.fixture
def document(app: Flask) -> dict[str, Any]:
    answer = app.test_client().get("/api/v1/openapi.json")
    assert (answer.status_code, answer.content_type) == (200, "application/json")
    return dict(answer.json or {})


def _check(document: dict[str, Any], schema: str, value: Any) -> None:
    jsonschema.validate(value, {"$ref": f"#/components/schemas/{schema}", "components": document["components"]})


def test_the_document_is_valid(document: dict[str, Any]) -> None:
    assert document["openapi"].startswith("3.1")

    validate(document)


def test_every_reason_has_an_example_that_fits(document: dict[str, Any]) -> None:
    seen = set()
    for path in document["paths"].values():
        for operation in path.values():
            for response in operation["responses"].values():
                for example in response["content"]["application/json"].get("examples", {}).values():
                    if example["value"].get("code"):
                        _check(document, "Refusal", example["value"])
                        seen.add(example["value"]["code"])

    # An unknown address or method belongs to no operation.
    assert seen == set(REASONS) - {2011, 2012}


def test_answers_fit_the_schema(document: dict[str, Any], desk: Desk, telephone: Telephone) -> None:
    code = telephone.draw()

    _check(document, "EcQuery", desk.request(code))
    _check(document, "Person", desk.scan(code).json)
    _check(document, "Refusal", desk.scan(code).json)
    _check(document, "Refusal", desk.scan(code, businessType="1").json)


def test_schemathesis_finds_nothing(app: Flask, start_server: Callable[..., Server], tmp_path: Path) -> None:
    ensure_specimens()
    desk = make_desk(app, "H51060000001", is_sandbox=True, supports_challenge=True)
    server = start_server(EC_QUERY_PER_SECOND="10000", EC_QUERY_BURST="20000")

    ended = subprocess.run(
        [
            str(Path(sys.executable).with_name("schemathesis")),
            "run",
            f"{server.base_url}/api/v1/openapi.json",
            f"--header=Authorization: Bearer {desk.key}",
            "--max-examples=30",
            "--phases=examples,coverage,fuzzing",
            "--seed=5106",
            "--no-color",
        ],
        cwd=tmp_path,
        env={**os.environ, "SCHEMATHESIS_HOOKS": str(Path(__file__).with_name("schemathesis_hooks.py"))},
        capture_output=True,
        text=True,
        timeout=400,
        check=False,
    )

    assert ended.returncode == 0, ended.stdout[-6000:] + ended.stderr[-2000:]
    db.session.rollback()
    tried = set(db.session.scalars(select(AuditRow.outcome).where(AuditRow.tag == "scan:attempted")))
    assert tried >= {"request_invalid", "org_mismatch", "biz_no_reused", "code_malformed", "code_forged"}, tried


def test_bodies_are_measured_while_they_are_read(app: Flask, start_server: Callable[..., Server]) -> None:
    desk = make_desk(app)
    server = start_server()
    headers = {"Authorization": f"Bearer {desk.key}", "Content-Type": "application/json"}

    def chunks() -> Any:
        for _ in range(160):
            yield b"x" * 65_536

    with httpx.Client(base_url=server.base_url, headers=headers, timeout=60) as http:
        chunked = http.post("/api/v1/ec/query", content=chunks())
        long = http.post("/api/v1/ec/query", content=b"x" * 10_000_000)
        short = http.post("/api/v1/ec/query", content=json.dumps(desk.request("1")).encode())

    assert [answer.status_code for answer in (chunked, long, short)] == [413, 413, 200]
    assert chunked.json()["reason"] == "too_large"
    assert _raw(server, desk, b"Content-Length: 3\r\n", b'{"orgId": "H51060000001"}').startswith(b"HTTP/1.1 400")
    assert b" 500 " not in _raw(server, desk, b"Content-Length: 90\r\n", b'{"orgId"', hang_up=True)
    assert "Traceback" not in server.log_text()


def _raw(server: Server, desk: Desk, length: bytes, body: bytes, *, hang_up: bool = False) -> bytes:
    """Sends what no well-behaved client sends."""
    head = b"POST /api/v1/ec/query HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nConnection: close\r\n"
    with socket.create_connection(("127.0.0.1", server.port), timeout=30) as wire:
        wire.sendall(head + f"Authorization: Bearer {desk.key}\r\n".encode() + length + b"\r\n" + body)
        if hang_up:
            wire.shutdown(socket.SHUT_WR)
        return wire.recv(65_536)
