"""Reads of credentials, and of what a device shows of one."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Select, and_, bindparam, func, select
from sqlalchemy.orm import joinedload

from app.core import clock
from app.core.db import db
from app.core.errors import NotFound
from app.core.settings import settings
from app.credentials.models import Credential, CredentialStatus, Presentation, TypedCode
from app.credentials.policy import SLIP
from app.roster.models import InsuredPerson


def find_credential_of(person_id: int) -> Credential | None:
    """The person's credential that is not ended, with the person; there is at most one."""
    return db.session.scalar(
        select(Credential)
        .options(joinedload(Credential.person, innerjoin=True))
        .where(Credential.person_id == person_id, Credential.status != CredentialStatus.ended)
    )


def count_active_of(person_ids: Select[Any]) -> int:
    """How many active credentials these persons have. person_ids: a select of one column from the same database."""
    active = select(func.count()).where(Credential.status == CredentialStatus.active, Credential.person_id.in_(person_ids))
    return int(db.session.scalar(active) or 0)


def get_credential(credential_id: int) -> Credential:
    """With the person."""
    found = db.session.get(Credential, credential_id, options=[joinedload(Credential.person, innerjoin=True)])
    if found is None:
        raise NotFound
    return found


def find_presentation(device_id: int, credential_id: int) -> Presentation | None:
    """The presentation this device shows now: without a successor and not ended."""
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


def count_used_ahead() -> int:
    """Live presentations whose last use lies ahead of the clock. Reads the whole table, so only the doctor calls it."""
    beyond = int(clock.timestamp()) + settings.code_future_seconds
    counted = select(func.count()).where(
        Presentation.last_used > beyond, Presentation.ends_at.is_(None), Presentation.shown_by != SLIP
    )
    return int(db.session.scalar(counted) or 0)


def was_shown_on(device_id: int, credential_id: int) -> bool:
    """Whether this device has ever shown that code; if so, it may be told why it no longer does."""
    shown = select(Presentation.handle).where(Presentation.device_id == device_id, Presentation.credential_id == credential_id)
    return db.session.scalar(shown.limit(1)) is not None


def find_typed_code(handle: str) -> TypedCode | None:
    """The twelve-digit number that is valid now."""
    return db.session.scalar(
        select(TypedCode)
        .where(TypedCode.handle == handle, TypedCode.expires_at > int(clock.timestamp()))
        .order_by(TypedCode.issued_at.desc())
        .limit(1)
    )


@dataclass(frozen=True, slots=True)
class Shown:
    """What a device shows of a person: the credential, its live presentation and twelve-digit number. Times in Unix seconds."""

    credential_id: int
    status: CredentialStatus
    name: str
    is_specimen: bool
    handle: str | None  # none before the first unlock on this device, or after its presentation ended
    master_id: str
    last_used: int
    uses_since_seen: int
    seen_at: datetime
    typed_number: str | None
    typed_issued_at: int
    typed_until: int
    last_scan_id: int | None
    challenge_until: int  # until when a desk waits for two digits
    challenge_misses: int


# Plain columns instead of mapped classes: this runs on every page and poll, and loading objects costs more than reading the row.
_credential, _presentation, _typed, _person = (m.__table__.c for m in (Credential, Presentation, TypedCode, InsuredPerson))
_SHOWN_BY_DEVICE = (
    select(
        _credential.id,
        _credential.status,
        _person.name,
        _person.is_specimen,
        _presentation.handle,
        _presentation.master_id,
        _presentation.last_used,
        _presentation.uses_since_seen,
        _presentation.seen_at,
        _typed.number,
        _typed.issued_at,
        _typed.expires_at,
        _presentation.last_scan_id,
        _presentation.challenge_until,
        _presentation.challenge_misses,
    )
    .select_from(Credential.__table__)
    .join(InsuredPerson.__table__, _person.id == _credential.person_id)
    .outerjoin(
        Presentation.__table__,
        and_(
            _presentation.credential_id == _credential.id,
            _presentation.device_id == bindparam("device_id"),
            _presentation.ends_at.is_(None),
        ),
    )
    .outerjoin(TypedCode.__table__, and_(_typed.handle == _presentation.handle, _typed.expires_at > bindparam("now")))
    .where(_credential.status != CredentialStatus.ended)
    .order_by(_presentation.created_at.desc(), _typed.issued_at.desc())
    .limit(1)
)
_SHOWN_OF_CREDENTIAL = _SHOWN_BY_DEVICE.where(_credential.id == bindparam("credential_id"))


def find_shown_credential(device_id: int, credential_id: int) -> Shown | None:
    """One indexed read: all that the code page and its poll need. None without a living credential.

    Whether the account may show it is checked elsewhere; a live handle means that this device may.
    """
    wanted = {"device_id": device_id, "credential_id": credential_id, "now": int(clock.timestamp())}
    row = db.session.execute(_SHOWN_OF_CREDENTIAL, wanted).first()
    return Shown(*tuple(row)) if row is not None else None


_OWN = (
    select(_credential.id, _credential.person_id, _person.name, _credential.status)
    .join_from(Credential.__table__, InsuredPerson.__table__, _person.id == _credential.person_id)
    .where(_credential.person_id == bindparam("person_id"), _credential.status != CredentialStatus.ended)
)


def find_own(person_id: int) -> tuple[int, int, str, CredentialStatus] | None:
    """Credential id, person id, name and status of the person's living credential, without loading objects."""
    row = db.session.execute(_OWN, {"person_id": person_id}).first()
    return tuple(row) if row is not None else None
