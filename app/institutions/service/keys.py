"""Keys: shown once, stored as a hash, rotated with an overlap, revoked at once."""

import secrets
import string
from datetime import datetime

from flask_babel import gettext as _
from sqlalchemy import or_, update

from app.core import audit, clock
from app.core.crypto import vault
from app.core.db import db, transaction
from app.core.errors import DomainError
from app.core.statements import won
from app.institutions.audit_tags import InstitutionTag
from app.institutions.models import ApiKey, Institution
from app.institutions.queries import get_institution, list_live_keys

MAX_LIVE_KEYS = 2  # fixed: contract 5: an old key and its successor
SECRET_CHARS = 43  # fixed: contract 5: `[A-Za-z0-9]`, 256 bits
_ALPHABET = string.ascii_letters + string.digits


@transaction()
def issue_key(code: str, by: str = "system", *, approved_by: str = "") -> str:
    """A new key in full: it is shown once and stored only as a hash. Raises DomainError `two_keys` when two are live already."""
    institution = get_institution(code)
    # Of two parallel requests the second waits here and counts the first one's key.
    db.session.execute(update(Institution).where(Institution.id == institution.id).values(name=Institution.name))
    check_room(institution.id)
    secret = "".join(secrets.choice(_ALPHABET) for _i in range(SECRET_CHARS))
    now = clock.now()
    key = ApiKey(institution_id=institution.id, secret_hash=b"", created_at=now, issued_by=by, approved_by=approved_by)
    db.session.add(key)
    db.session.flush()
    key.secret_hash = hash_secret(key.id, secret)
    audit.record(InstitutionTag.key_issued, actor=by, subject=institution.subject, key=key.id, approved_by=approved_by)
    return f"pz_{key.id}_{secret}"


@transaction()
def revoke_key(code: str, key_id: int, by: str = "system") -> None:
    """The key is refused from the next request on. Raises DomainError `key_unknown` if it is not a live key of this institution."""
    institution = get_institution(code)
    _check_live(institution, key_id)
    db.session.execute(update(ApiKey).where(ApiKey.id == key_id).values(revoked_at=clock.now()))
    audit.record(InstitutionTag.key_revoked, actor=by, subject=institution.subject, key=key_id)


@transaction()
def revoke_keys(code: str, by: str = "system") -> int:
    """Revokes all live keys of the institution; returns how many."""
    keys = list_live_keys(get_institution(code).id)
    for key in keys:
        revoke_key(code, key.id, by)
    return len(keys)


@transaction()
def end_key(code: str, key_id: int, at: datetime, by: str) -> None:
    """The key is refused from that moment on. An end that is already set can only be brought forward.

    Raises DomainError `key_unknown`, `key_end_past` or `key_end_later`.
    """
    institution = get_institution(code)
    _check_live(institution, key_id)
    if at <= clock.now():
        raise DomainError("key_end_past", _("停用的日子要在今天以后。"), _("要马上停用，请用“立即停用”。"), field="ends_on")
    if not won(update(ApiKey).where(ApiKey.id == key_id, or_(ApiKey.ends_at.is_(None), ApiKey.ends_at > at)).values(ends_at=at)):
        raise DomainError(
            "key_end_later", _("停用的日子只能提前，不能推后。"), _("要用得更久，请申请一个新密钥。"), field="ends_on"
        )
    audit.record(InstitutionTag.key_ending, actor=by, subject=institution.subject, key=key_id, at=at.isoformat())


def check_room(institution_id: int) -> None:
    """Raises DomainError `two_keys` when the institution has no room for another live key."""
    if len(list_live_keys(institution_id)) >= MAX_LIVE_KEYS:
        raise DomainError("two_keys", _("这家机构已有两个密钥在用。"), _("请先停用其中一个，再发新的。"), status=409)


def hash_secret(key_id: int, secret: str) -> bytes:
    """Peppered HMAC: the secret is long and random, so a slow hash would only slow scans down."""
    return vault.keyed_hash("api-key", f"{key_id}:{secret}")


def _check_live(institution: Institution, key_id: int) -> None:
    if key_id not in [key.id for key in list_live_keys(institution.id)]:
        raise DomainError("key_unknown", _("这家机构没有这个在用的密钥。"), _("请核对密钥编号。"), status=404)
