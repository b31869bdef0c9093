"""Calls that never reached a verb: no key, no such address, wrong method, a fault of ours. They are written down too, but no
stranger's without end: the row, its help code and the writer's turn are everybody's."""

import secrets

from sqlalchemy.exc import SQLAlchemyError

from app.core import audit, clock, limits
from app.core.db import db, transaction
from app.core.limits import per_second
from app.scanning.audit_tags import ScanTag
from app.scanning.reasons import BY_NAME, Reason
from app.scanning.service.answers import Answer, Call, Refusal, word_refusal
from app.scanning.service.attempts import open_help_event

STRANGERS = per_second(1 / 60, 60)  # fixed: written down of one network; what comes beyond is answered and leaves nothing


def refuse_stranger(call: Call) -> Answer | None:
    """Of a call without a key, once its network has had enough written down. Before anything is written."""
    if not limits.retry_after(STRANGERS, "no-key", call.network):
        return None
    found = Refusal(BY_NAME["key_invalid"])
    return word_refusal(found, call.org_id, _unkept_code(found.reason))


def refuse_call(found: Refusal, org_id: str, network: str) -> Answer:
    """Words the refusal even while the database is away, or when this network has had enough written down: then its help code opens
    no event."""
    if found.reason is BY_NAME["try_again"] or limits.retry_after(STRANGERS, "no-key", network):
        return word_refusal(found, org_id, _unkept_code(found.reason))
    try:
        return word_refusal(found, org_id, _keep_event(found.reason))
    except SQLAlchemyError:
        return word_refusal(found, org_id, _unkept_code(found.reason))


@transaction()
def _keep_event(reason: Reason) -> str:
    audit_id = audit.record(ScanTag.call_refused, actor="unknown", outcome=reason.name)
    return open_help_event(db.session.connection(), reason, clock.now(), audit_id)


def _unkept_code(reason: Reason) -> str:
    return f"P-{reason.help_number}-{secrets.randbelow(1_000_000):06d}"
