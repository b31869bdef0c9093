"""Calls that never reached a verb: no such address, wrong method, a fault of ours. They are written down too."""

import secrets

from sqlalchemy.exc import SQLAlchemyError

from app.core import audit, clock
from app.core.db import db, transaction
from app.institutions.policy import InstitutionTag
from app.institutions.reasons import BY_NAME, Reason
from app.institutions.service.answers import Answer, Refusal, open_help_event, word_refusal


def refuse_call(found: Refusal, org_id: str) -> Answer:
    """Words the refusal even while the database is away: then its help code opens no event."""
    if found.reason is BY_NAME["try_again"]:
        return word_refusal(found, org_id, _unkept_code(found.reason))
    try:
        return word_refusal(found, org_id, _keep_event(found.reason))
    except SQLAlchemyError:
        return word_refusal(found, org_id, _unkept_code(found.reason))


@transaction()
def _keep_event(reason: Reason) -> str:
    audit_id = audit.record(InstitutionTag.call_refused, actor="unknown", outcome=reason.name)
    return open_help_event(db.session.connection(), reason, clock.now(), audit_id)


def _unkept_code(reason: Reason) -> str:
    return f"P-{reason.help_number}-{secrets.randbelow(1_000_000):06d}"
