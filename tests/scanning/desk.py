"""A hospital's system at a desk, and the telephone in front of it."""

import json
from dataclasses import dataclass, field, replace
from itertools import count
from typing import Any

from flask import Flask
from sqlalchemy import update
from werkzeug.test import TestResponse

from app.core import clock
from app.core.db import db, transaction
from app.credentials.code_format import make_code
from app.credentials.models import Presentation
from app.credentials.service import issue_typed_code, open_presentation
from app.institutions.business_types import BUSINESS_TYPES, COUNTER
from app.institutions.service import add_institution, issue_key
from app.scanning.paper_reasons import on_paper
from app.scanning.reasons import REASONS
from tests.credentials.holders import Holder, make_holder

ORG = "H51060000001"
ALL_SCENES = [scene for scene in BUSINESS_TYPES if scene != COUNTER]
_numbers = count(1)


@dataclass
class Desk:
    app: Flask
    key: str
    org: str = ORG
    http: Any = field(init=False)

    def __post_init__(self) -> None:
        self.http = self.app.test_client()

    def scan(self, code: str, **changes: Any) -> TestResponse:
        return self.send(self.request(code, **changes))

    def request(self, code: str, **changes: Any) -> dict[str, Any]:
        """A fitting request body; changes go into `data`."""
        return {
            "orgId": self.org,
            "transType": "ec.query",
            "data": {
                "ecQrCode": code,
                "businessType": "01301",
                "operatorId": "N001",
                "operatorName": "李芳",
                "outBizNo": f"biz-{next(_numbers)}",
                **changes,
            },
        }

    def send(self, body: Any, *, path: str = "/api/v1/ec/query", **changes: Any) -> TestResponse:
        raw = body if isinstance(body, bytes) else json.dumps(body).encode()
        headers = {"Authorization": f"Bearer {self.key}", **changes.pop("headers", {})}
        response: TestResponse = self.http.post(
            path, data=raw, content_type=changes.pop("content_type", "application/json"), headers=headers, **changes
        )
        db.session.rollback()
        return response

    def sandbox_code(self, **body: Any) -> TestResponse:
        return self.send({"specimen": "adult", "kind": "80", **body}, path="/api/v1/sandbox/codes")


@dataclass
class Telephone:
    """Holds its key and draws its own codes."""

    holder: Holder
    handle: str
    key: bytes

    def draw(self, seconds_ago: int = 0, challenge: str = "") -> str:
        return make_code(self.key, self.handle, int(clock.timestamp()) - seconds_ago, challenge)

    def typed(self) -> str:
        return issue_typed_code(db.session.get_one(Presentation, self.handle)).number

    def change(self, **values: Any) -> None:
        """Brings the presentation's row into a state that takes long to reach."""
        with transaction():
            db.session.execute(update(Presentation).where(Presentation.handle == self.handle).values(**values))


def change_settings(app: Flask, **changes: Any) -> None:
    app.config["SETTINGS"] = replace(app.config["SETTINGS"], **changes)


def make_desk(app: Flask, org: str = ORG, *, scenes: list[str] | None = None, **institution: Any) -> Desk:
    add_institution(
        org, "示范市人民医院", region_code=institution.pop("region", "510603"), business_types=scenes or ALL_SCENES, **institution
    )
    return Desk(app, issue_key(org), org)


def make_telephone(**person: Any) -> Telephone:
    holder = make_holder(**person)
    opened = open_presentation(holder.credential, holder.device, holds=None, wants_key=True)
    assert opened.key is not None
    return Telephone(holder, opened.presentation.handle, opened.key)


def assert_refused(answer: Any, code: int, *, is_of_paper: bool = False) -> None:
    """Every refusal has the same body."""
    reason = on_paper(REASONS[code]) if is_of_paper else REASONS[code]
    assert (answer.status_code, answer.json["code"]) == (reason.status, code), answer.text
    assert answer.json["reason"] == reason.name
    assert answer.json["message"] == reason.message
    assert answer.json["next"] == reason.next
    assert answer.json["helpCode"].startswith(f"P-{reason.help_number}-")
    assert "orgId" in answer.json
    assert answer.content_type == "application/json"
