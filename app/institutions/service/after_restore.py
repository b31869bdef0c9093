"""After a restore from a backup nobody knows which keys were revoked since, so each is kept off until somebody confirms it.

A call with such a key is answered 2001 key_invalid, which has precedence over every other reason (contract 5).
"""

from sqlalchemy import or_, select, update

from app.core import audit, clock
from app.core.database.after_restore import Ends
from app.core.db import db, transaction
from app.core.sessions import end_sessions
from app.core.statements import changed, won
from app.institutions.audit_tags import InstitutionTag
from app.institutions.models import ApiKey, Institution, KeyGrant, OperatorSession
from app.institutions.queries import get_institution, list_live_keys


@transaction()
def end_what_was_open() -> Ends:
    now = clock.now()
    sessions = end_sessions(OperatorSession)
    is_real = ApiKey.institution_id.in_(select(Institution.id).where(Institution.is_sandbox.is_(False)))
    held = changed(
        update(ApiKey)
        .where(is_real, ApiKey.revoked_at.is_(None), or_(ApiKey.ends_at.is_(None), ApiKey.ends_at > now))
        .values(held_at=now)
    )
    grants = changed(update(KeyGrant).where(KeyGrant.claimed_at.is_(None), KeyGrant.expires_at > now).values(expires_at=now))
    return Ends(
        {
            "sessions at desks of institutions": sessions,
            "keys agreed on and not yet taken": grants,
            "keys of institutions, kept off until confirmed": held,
        }
    )


@transaction()
def confirm_keys(code: str, key_ids: list[int] | None = None, by: str = "system") -> list[int]:
    """These keys, or all the institution's keys that are kept off, are valid again from the next request on. Returns their ids.

    Raises NotFound.
    """
    institution = get_institution(code)
    confirmed = []
    for key in list_live_keys(institution.id):
        if key_ids is not None and key.id not in key_ids:
            continue
        if won(
            update(ApiKey).where(ApiKey.id == key.id, ApiKey.held_at.is_not(None), ApiKey.revoked_at.is_(None)).values(held_at=None)
        ):
            confirmed.append(key.id)
            audit.record(InstitutionTag.key_confirmed, actor=by, subject=institution.subject, key=key.id)
    db.session.expire_all()
    return confirmed
