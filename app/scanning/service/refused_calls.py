"""Calls that never reached a verb: no key, no such address, wrong method, an error of ours. They are recorded too, but only a
limited number from strangers, because rows, help codes and the database's single writer are shared by everybody."""

import secrets

from sqlalchemy.exc import SQLAlchemyError

from app.core import audit, clock, limits
from app.core.db import db, transaction
from app.core.limits import per_second
from app.scanning.audit_tags import ScanTag
from app.scanning.reasons import BY_NAME, Reason
from app.scanning.service.answers import Answer, Call, Refusal, word_refusal
from app.scanning.service.attempts import open_help_event

STRANGERS = per_second(1 / 60, 60)  # fixed: calls recorded per network; further ones are answered but not recorded


def refuse_stranger(call: Call) -> Answer | None:
    """The answer to a call without valid key, once enough calls of its network were recorded. Call it before any write."""
    if not limits.retry_after(STRANGERS, "no-key", call.network):
        return None
    found = Refusal(BY_NAME["key_invalid"])
    return word_refusal(found, call.org_id, _unkept_code(found.reason))


def refuse_call(found: Refusal, org_id: str, network: str) -> Answer:
    """Words the refusal, even while the database is away or when enough calls of this network were recorded; then its help code has
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
