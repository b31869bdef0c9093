"""What a call is answered with, and the rows every refusal leaves behind."""

import json
import secrets
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, bindparam, insert
from sqlalchemy.dialects.postgresql import insert as upsert

from app.core import audit
from app.core.db import UtcDateTime, session_on
from app.core.ids import new_id
from app.core.prepared import Prepared
from app.core.settings import settings
from app.credentials.models import EndReason
from app.credentials.policy import SLIP
from app.credentials.service.redeeming import Reading
from app.credentials.service.uses import FAMILY
from app.family.queries import relation_behind
from app.institutions.models import HelpEvent, Scan
from app.institutions.paper_reasons import AFTER_RESTORE, on_paper
from app.institutions.policy import InstitutionTag
from app.institutions.reasons import BY_NAME, Reason

_HELP_CODE_TRIES = 6


@dataclass(frozen=True, slots=True)
class Call:
    """What came over HTTP. fault: the reason name of an unreadable body. retry_after: seconds over the limit, or 0. network: the
    caller's, as `core.networks` has it; empty for a desk.
    """

    authorization: str
    body: Any
    fault: str
    sha256: bytes
    retry_after: int
    network: str = ""

    @property
    def org_id(self) -> str:
        """orgId as it was sent, for saying it back; empty when it is no plain short text."""
        sent = self.body.get("orgId") if isinstance(self.body, dict) else None
        return sent if isinstance(sent, str) and len(sent) <= 40 and sent.isascii() and sent.isprintable() else ""

    def text(self, name: str) -> str:
        """A field of `data` that the table of fields has found fit; empty when it is absent."""
        return self.body["data"].get(name) or ""


@dataclass(frozen=True, slots=True)
class Answer:
    status: int
    body: bytes
    headers: dict[str, str]


@dataclass(frozen=True, slots=True)
class Refusal:
    reason: Reason
    field: str = ""
    retry_after: int = 0
    challenge: str = ""


@dataclass(slots=True)
class Attempt:
    """One call on its way through: what is known of it so far. caller: its key and institution in one row."""

    connection: Connection
    now: datetime
    call: Call
    tag: InstitutionTag
    caller: Any = None
    reading: Reading | None = None
    scan_id: int = field(default_factory=new_id)


def refusal(name: str, **more: Any) -> Refusal:
    return Refusal(BY_NAME[name], **more)


def refuse(attempt: Attempt, found: Refusal) -> Answer:
    """Writes the attempt down and words the answer."""
    audit_id = record_attempt(attempt, found.reason)
    shown = attempt.reading.shown if attempt.reading else None
    if shown is not None and shown.shown_by == SLIP:
        found = replace(found, reason=on_paper(found.reason))
    elif found.reason is BY_NAME["link_ended"] and (shown is None or shown.end_reason is EndReason.restored):
        found = replace(found, reason=AFTER_RESTORE)
    help_code = open_help_event(
        attempt.connection,
        found.reason,
        attempt.now,
        audit_id,
        institution_id=attempt.caller.id if attempt.caller else None,
        credential_id=shown.credential_id if shown else None,
    )
    org_id = attempt.call.org_id or (attempt.caller.fixmedins_code if attempt.caller else "")
    return word_refusal(found, org_id, help_code)


def word_refusal(found: Refusal, org_id: str, help_code: str) -> Answer:
    """The refusal as the interface says it: its reason's fixed words, and `field`, `challenge` or Retry-After where it has one."""
    reason = found.reason
    content = {
        "code": reason.code,
        "reason": reason.name,
        "message": reason.message,
        "next": reason.next,
        "helpCode": help_code,
        "orgId": org_id,
    }
    if found.field:
        content["field"] = found.field
    if found.challenge:
        content["challenge"] = found.challenge
    headers = {}
    if found.retry_after:
        headers["Retry-After"] = str(found.retry_after)
    if reason.status == 401:
        headers["WWW-Authenticate"] = "Bearer"
    return Answer(reason.status, to_json(content), headers)


def to_json(content: dict[str, Any]) -> bytes:
    return json.dumps(content, ensure_ascii=False, separators=(",", ":")).encode()


def record_attempt(attempt: Attempt, reason: Reason | None, outcome: str = "ok") -> int:
    """The audit row and, for a known handle, the row in the scan log. Returns the audit row's id."""
    caller, reading = attempt.caller, attempt.reading
    shown = reading.shown if reading else None
    if reading is not None and shown is not None:
        _insert_scan(attempt, reading, reason.code if reason else 0)
    detail: dict[str, Any] = {"scan": attempt.scan_id} if shown else {}
    if shown is not None and shown.shown_by == FAMILY and reason is None:
        with session_on(attempt.connection):
            detail["relation"] = relation_behind(shown.handle, shown.credential_id)
    return audit.record(
        attempt.tag,
        actor=f"institution:{caller.id}" if caller else "unknown",
        subject=f"credential:{shown.credential_id}" if shown else "",
        person_id=shown.person_id if shown else None,
        outcome=reason.name if reason else outcome,
        connection=attempt.connection,
        number=attempt.scan_id if shown else None,
        **detail,
    )


_INSERT_SCAN = Prepared(insert(Scan.__table__), tuple(Scan.__table__.c.keys()))  # type: ignore[arg-type]


def _insert_scan(attempt: Attempt, reading: Reading, outcome: int) -> None:
    shown: Any = reading.shown
    text = attempt.call.text
    _INSERT_SCAN.run(
        attempt.connection,
        {
            "id": attempt.scan_id,
            "created_at": attempt.now,
            "institution_id": attempt.caller.id,
            "credential_id": shown.credential_id,
            "handle": shown.handle,
            "business_type": text("businessType"),
            "outcome": outcome,
            "issued_at": reading.issued_at,
            "operator_id": text("operatorId"),
            "operator_name": text("operatorName"),
            "office_id": text("officeId"),
            "out_biz_no": text("outBizNo"),
            "shown_by": shown.shown_by,
        },
    )


_HELP_EVENT = upsert(HelpEvent.__table__)  # type: ignore[arg-type]
_TAKE = Prepared(
    _HELP_EVENT.on_conflict_do_update(
        index_elements=["code"],
        set_={name: _HELP_EVENT.excluded[name] for name in ("created_at", "reason", "institution_id", "credential_id", "audit_id")},
        where=HelpEvent.created_at < bindparam("limit", type_=UtcDateTime()),
    ),
    tuple(HelpEvent.__table__.c.keys()),
)


def open_help_event(
    connection: Connection,
    reason: Reason,
    now: datetime,
    audit_id: int,
    *,
    institution_id: int | None = None,
    credential_id: int | None = None,
) -> str:
    """`P-06-482917`: speakable, unique for thirty days. Where a reason's million is so full that none of six is free, the last one
    is taken over: codes never run out, and never cost more.
    """
    values = {
        "created_at": now,
        "reason": reason.code,
        "institution_id": institution_id,
        "credential_id": credential_id,
        "audit_id": audit_id,
    }
    cutoff = now - timedelta(days=settings.help_code_days)
    for tried in range(_HELP_CODE_TRIES):
        code = f"P-{reason.help_number}-{secrets.randbelow(1_000_000):06d}"
        limit = cutoff if tried < _HELP_CODE_TRIES - 1 else now + timedelta(days=1)
        if _TAKE.run(connection, {**values, "code": code, "limit": limit}) == 1:
            break
    return code
