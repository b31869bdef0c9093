"""The ordinary scan: a valid code shown by its own holder, with no challenge and nobody to tell. Its rows are written in one step.

It is judged like every other scan, before anything is locked. The step succeeds only if the code is still unused, nothing has ended
and the outBizNo is free; otherwise nothing is written, and the scan takes the full path, which reads and judges again (ADR 46).
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import Connection, bindparam, exists, select
from sqlalchemy.exc import DBAPIError, OperationalError

from app.core import audit
from app.core.audit.models import AuditRow
from app.core.db import table_of
from app.core.ids import new_id
from app.core.prepared_step import Insertion, PreparedStep
from app.credentials.code_format import Code
from app.credentials.models import Credential
from app.credentials.policy import SELF
from app.credentials.service.redeeming import SPENDING_IN_FORCE
from app.institutions.models import Institution
from app.scanning.audit_tags import ScanTag
from app.scanning.calls import ScanRequest
from app.scanning.judging import judge
from app.scanning.models import EcToken, Scan, StoredAnswer
from app.scanning.queries.scan import Caller
from app.scanning.service.answers import Answer, Call, word_acceptance
from app.scanning.service.attempts import Attempt, Line, scan_row
from app.scanning.service.facts import gather_facts, parse
from app.scanning.service.stored_answers import expired_at, seal_answer, take_over
from app.scanning.service.tokens import TOKEN_COLUMNS, draw_token

_IS_ANSWERED = exists(
    select(StoredAnswer.out_biz_no).where(
        StoredAnswer.institution_id == bindparam("the_institution"),
        StoredAnswer.out_biz_no == bindparam("the_number"),
        StoredAnswer.created_at > bindparam("expired"),
    )
)
_ACCEPT = PreparedStep(
    SPENDING_IN_FORCE.where(~_IS_ANSWERED),
    Insertion(table_of(Scan), tuple(table_of(Scan).c.keys())),
    Insertion(table_of(AuditRow), tuple(table_of(AuditRow).c.keys())),
    Insertion(table_of(EcToken), TOKEN_COLUMNS),
    Insertion(table_of(StoredAnswer), tuple(table_of(StoredAnswer).c.keys()), take_over),
)


class Prepared(NamedTuple):
    """A scan that was judged acceptable. answer: given once its rows are written. values, rows: for the step that writes them."""

    answer: Answer
    values: Mapping[str, object]
    rows: tuple[Mapping[str, object], ...]


def accept_ordinary(connection: Connection, caller: Caller, call: Call, request: ScanRequest, now: datetime) -> Answer | None:
    """In a `bare_transaction` that has not begun. None: it is not an ordinary scan, or no longer, and nothing was written."""
    prepared = prepare(connection, caller, call, request, now)
    return accept_prepared(connection, prepared) if prepared is not None else None


def prepare(connection: Connection, caller: Caller, call: Call, request: ScanRequest, now: datetime) -> Prepared | None:
    """Reads and judges. None for any scan that is not ordinary."""
    code = parse(request.code)
    if not isinstance(code, Code) or code.challenge:
        return None
    facts = gather_facts(connection, caller, request, code, now)
    shown = facts.reading.shown
    if shown is None or shown.shown_by != SELF or shown.ends_at is not None or judge(facts).reason is not None:
        return None
    line = Line(new_id(), request, facts.reading, shown)
    token, token_row = draw_token(caller, line, now)
    answer = word_acceptance(shown, caller.fixmedins_code, caller.id, token, line.scan_id)
    scan = scan_row(Attempt(connection, now, call, ScanTag.scanned, caller), line, 0)
    stored = {
        "institution_id": caller.id,
        "out_biz_no": request.out_biz_no,
        "body_sha256": call.sha256,
        "created_at": int(now.timestamp()),
        "answer": seal_answer(answer.body, caller.id, request.out_biz_no),
    }
    return Prepared(answer, _values(line, caller, now), (scan, _audit_row(line, caller), token_row, stored))


def accept_prepared(connection: Connection, prepared: Prepared) -> Answer | None:
    return prepared.answer if _ACCEPT.won(connection, prepared.values, *prepared.rows) else None


def accept_all_prepared(connection: Connection, several: Sequence[Prepared]) -> bool:
    """On SQLite, in one transaction. False: nothing was written, because one of them is no ordinary scan any longer."""
    try:
        return _ACCEPT.won_all(connection, [(each.values, each.rows) for each in several])
    except OperationalError:  # nor could any of them be written by itself
        raise
    except DBAPIError:
        return False


def _values(line: Line, caller: Caller, now: datetime) -> dict[str, object]:
    return {
        "the_handle": line.shown.handle,
        "issued_at": line.reading.issued_at,
        "scan_id": line.scan_id,
        "challenge_until": 0,
        "credential_id": line.shown.credential_id,
        "person_id": line.shown.person_id,
        "the_institution": caller.id,
        "the_number": line.request.out_biz_no,
        "expired": expired_at(now),
    }


def _audit_row(line: Line, caller: Caller) -> dict[str, object]:
    shown = line.shown
    return audit.compose(
        ScanTag.scanned,
        actor=Institution.actor_of(caller.id),
        subject=Credential.subject_of(shown.credential_id),
        person_id=shown.person_id,
        number=line.scan_id,
        detail={"scan": line.scan_id},
    )
