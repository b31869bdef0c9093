"""What every call records, refused ones too: an audit row, a line in the scan log, a help event."""

import secrets
from dataclasses import replace
from datetime import datetime, timedelta
from typing import NamedTuple

from sqlalchemy import Connection, bindparam, insert
from sqlalchemy.dialects.postgresql import insert as upsert

from app.core import audit
from app.core.db import UtcDateTime, session_on, table_of
from app.core.prepared import PreparedChange
from app.core.settings import settings
from app.credentials.code_faults import Reading
from app.credentials.models import Credential, EndReason
from app.credentials.queries.redeem import Shown
from app.credentials.service.uses import FAMILY
from app.family.queries import relation_behind
from app.institutions.models import Institution
from app.scanning.audit_tags import ScanTag
from app.scanning.calls import ScanRequest
from app.scanning.models import HelpEvent, Scan
from app.scanning.paper_reasons import AFTER_RESTORE, on_paper
from app.scanning.queries.scan import Caller
from app.scanning.reasons import BY_NAME, Reason
from app.scanning.service.answers import Answer, Call, Refusal, word_refusal

_HELP_CODE_TRIES = 6  # fixed: how many help codes are drawn before an older one of the million is reused


class Attempt(NamedTuple):
    """One call. caller: None when the caller is unknown."""

    connection: Connection
    now: datetime
    call: Call
    tag: ScanTag
    caller: Caller | None


class Line(NamedTuple):
    """What the scan log keeps about an attempt whose code names somebody."""

    scan_id: int
    request: ScanRequest
    reading: Reading
    shown: Shown


def refuse(attempt: Attempt, found: Refusal, line: Line | None = None) -> Answer:
    """Records the attempt and words the answer."""
    audit_id = record_attempt(attempt, found.reason.name, found.reason.code, line)
    shown = line.shown if line is not None else None
    if line is not None and line.reading.is_on_paper:
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


def record_attempt(attempt: Attempt, outcome: str, code: int, line: Line | None) -> int:
    """Writes the audit row and, if given, the line in the scan log. code: 0 or the reason's. Returns the audit row's id."""
    actor = Institution.actor_of(attempt.caller.id) if attempt.caller else "unknown"
    if line is None:
        return audit.record(attempt.tag, actor=actor, outcome=outcome, connection=attempt.connection)
    _INSERT_SCAN.changed(attempt.connection, scan_row(attempt, line, code))
    more = {}
    if line.shown.shown_by == FAMILY and code == 0:
        with session_on(attempt.connection):
            more["relation"] = relation_behind(line.shown.handle, line.shown.credential_id)
    return audit.record(
        attempt.tag,
        actor=actor,
        subject=Credential.subject_of(line.shown.credential_id),
        person_id=line.shown.person_id,
        outcome=outcome,
        connection=attempt.connection,
        number=line.scan_id,
        scan=line.scan_id,
        **more,
    )


_INSERT_SCAN = PreparedChange(insert(table_of(Scan)), tuple(table_of(Scan).c.keys()))


def scan_row(attempt: Attempt, line: Line, code: int) -> dict[str, object]:
    """The row of the scan log. code: 0 or the reason's."""
    return {
        "id": line.scan_id,
        "created_at": attempt.now,
        "institution_id": attempt.caller.id if attempt.caller else 0,
        "credential_id": line.shown.credential_id,
        "handle": line.shown.handle,
        "business_type": line.request.business_type,
        "outcome": code,
        "issued_at": line.reading.issued_at,
        "operator_id": line.request.operator_id,
        "operator_name": line.request.operator_name,
        "office_id": line.request.office_id,
        "out_biz_no": line.request.out_biz_no,
        "shown_by": line.shown.shown_by,
    }


_HELP_EVENT = upsert(table_of(HelpEvent))
_TAKE = PreparedChange(
    _HELP_EVENT.on_conflict_do_update(
        index_elements=["code"],
        set_={name: _HELP_EVENT.excluded[name] for name in ("created_at", "reason", "institution_id", "credential_id", "audit_id")},
        where=HelpEvent.created_at < bindparam("limit", type_=UtcDateTime()),
    ),
    tuple(table_of(HelpEvent).c.keys()),
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
    """`P-06-482917`: speakable, unique for thirty days. If a reason's million codes are so full that none of six drawn is free, the
    last one drawn is reused, so that codes never run out and never take more draws.
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
        if _TAKE.won(connection, {**values, "code": code, "limit": limit}):
            break
    return code
