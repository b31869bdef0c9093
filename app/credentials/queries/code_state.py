"""The one read of `GET /code/state`: who asks, what their device shows, and what became of it, using indexes only.

It runs every other second for every phone that shows a code, so like a scan it bypasses the ORM session (`core.prepared`).
"""

from datetime import datetime, timedelta
from typing import NamedTuple

from sqlalchemy import ColumnElement, and_, bindparam, select

from app.accounts.models import Account, Device, LoginSession
from app.core import clock
from app.core.db import bare_read
from app.core.prepared import PreparedQuery
from app.core.settings import settings
from app.credentials.models import Credential, CredentialStatus, Presentation, TypedCode


class Polled(NamedTuple):
    """Who asks, what their device shows, and what became of it. Fields from `handle` on are None if this device shows nothing.

    last_used, challenge_until, typed_issued_at, typed_until: Unix seconds.
    """

    last_seen_at: datetime
    unlocked_at: datetime | None
    person_id: int | None
    bound_at: datetime | None
    status: CredentialStatus | None
    handle: str | None
    master_id: str
    last_used: int
    uses_since_seen: int
    seen_at: datetime
    last_scan_id: int | None
    challenge_until: int
    challenge_misses: int
    typed_number: str | None
    typed_issued_at: int
    typed_until: int


_COLUMNS = (
    LoginSession.last_seen_at,
    LoginSession.unlocked_at,
    Account.person_id,
    Device.bound_at,
    Credential.status,
    Presentation.handle,
    Presentation.master_id,
    Presentation.last_used,
    Presentation.uses_since_seen,
    Presentation.seen_at,
    Presentation.last_scan_id,
    Presentation.challenge_until,
    Presentation.challenge_misses,
    TypedCode.number.label("typed_number"),
    TypedCode.issued_at.label("typed_issued_at"),
    TypedCode.expires_at.label("typed_until"),
)


def _polled(which: ColumnElement[bool]) -> PreparedQuery[Polled]:
    return PreparedQuery(
        select(*_COLUMNS)
        .select_from(LoginSession)
        .join(Account, Account.id == LoginSession.account_id)
        .join(Device, Device.id == LoginSession.device_id)
        .outerjoin(Credential, and_(which, Credential.status != CredentialStatus.ended))
        .outerjoin(
            Presentation,
            and_(
                Presentation.credential_id == Credential.id,
                Presentation.device_id == LoginSession.device_id,
                Presentation.ends_at.is_(None),
            ),
        )
        .outerjoin(TypedCode, and_(TypedCode.handle == Presentation.handle, TypedCode.expires_at > bindparam("second")))
        .where(
            LoginSession.token_hash == bindparam("token_hash"),
            LoginSession.ended_at.is_(None),
            LoginSession.created_at > bindparam("begun_after"),
            LoginSession.last_seen_at > bindparam("seen_after"),
            Device.revoked_at.is_(None),
        )
        .order_by(Presentation.created_at.desc(), TypedCode.issued_at.desc())
        .limit(1),
        Polled,
    )


_OF_CREDENTIAL = _polled(Credential.id == bindparam("of"))
_OWN = _polled(Credential.person_id == Account.person_id)


def find_polled(token_hash: bytes, of: int | None) -> Polled | None:
    """None when the session is over. of: the credential; without it the account's own."""
    now = clock.now()
    values = {
        "token_hash": token_hash,
        "of": of,
        "second": int(now.timestamp()),
        "begun_after": now - timedelta(days=settings.session_absolute_days),
        "seen_after": now - timedelta(days=settings.session_idle_days),
    }
    with bare_read() as connection:
        return (_OWN if of is None else _OF_CREDENTIAL).first(connection, values)
