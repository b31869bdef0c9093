from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import and_, select
from sqlalchemy.orm import joinedload

from app.core import clock
from app.core.db import db
from app.credentials.models import Credential, CredentialStatus, DisplayPin, Presentation, TypedCode


def find_credential_of(person_id: int) -> Credential | None:
    """The person's credential that is not ended, with the person; there is at most one."""
    return db.session.scalar(
        select(Credential)
        .options(joinedload(Credential.person, innerjoin=True))
        .where(Credential.person_id == person_id, Credential.status != CredentialStatus.ended)
    )


def find_presentation(device_id: int, credential_id: int) -> Presentation | None:
    """The one this device shows now: without a successor and not over."""
    return db.session.scalar(
        select(Presentation)
        .where(
            Presentation.device_id == device_id,
            Presentation.credential_id == credential_id,
            Presentation.ends_at.is_(None),
        )
        .order_by(Presentation.created_at.desc())
        .limit(1)
    )


def find_typed_code(handle: str) -> TypedCode | None:
    """The twelve-digit number that is valid now."""
    return db.session.scalar(
        select(TypedCode)
        .where(TypedCode.handle == handle, TypedCode.expires_at > int(clock.timestamp()))
        .order_by(TypedCode.issued_at.desc())
        .limit(1)
    )


def has_display_pin(account_id: int) -> bool:
    return db.session.scalar(select(DisplayPin.account_id).where(DisplayPin.account_id == account_id)) is not None


@dataclass(frozen=True, slots=True)
class LiveState:
    """What a page that shows a code must know. Times in Unix seconds."""

    handle: str
    credential_id: int
    status: CredentialStatus
    last_used: int
    uses_since_seen: int
    seen_at: datetime
    typed_number: str | None
    typed_issued_at: int
    typed_until: int


_STATE = (
    select(
        Presentation.handle,
        Presentation.credential_id,
        Credential.status,
        Presentation.last_used,
        Presentation.uses_since_seen,
        Presentation.seen_at,
        TypedCode.number,
        TypedCode.issued_at,
        TypedCode.expires_at,
    )
    .join(Credential, Credential.id == Presentation.credential_id)
    .outerjoin(TypedCode, TypedCode.handle == Presentation.handle)
    .where(Presentation.ends_at.is_(None), Credential.status != CredentialStatus.ended)
    .order_by(Presentation.created_at.desc(), TypedCode.expires_at.desc(), TypedCode.issued_at.desc())
    .limit(1)
)


def find_live_state(device_id: int, person_id: int) -> LiveState | None:
    """One indexed read. None when this device shows nothing of this person any more."""
    row = db.session.execute(_STATE.where(and_(Presentation.device_id == device_id, Credential.person_id == person_id))).first()
    if row is None:
        return None
    number, issued_at, until = row[6:]
    is_live = number is not None and until > clock.timestamp() and issued_at > row.last_used
    return LiveState(*row[:6], *((number, issued_at, until) if is_live else (None, 0, 0)))
