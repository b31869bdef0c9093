"""The reads of a scan: what a handle or a twelve-digit number shows, with credential and person; a slip for paper."""

from datetime import date, datetime
from typing import NamedTuple

from sqlalchemy import Connection, bindparam, select

from app.core.prepared import PreparedQuery
from app.credentials.models import Credential, CredentialStatus, EndReason, Presentation, Slip, TypedCode
from app.roster.models import InsuredPerson, InsuredStatus


class Shown(NamedTuple):
    """A presentation with its credential and person. last_used: Unix seconds."""

    handle: str
    credential_id: int
    device_id: int | None
    master_id: str
    shown_since: datetime
    seen_at: datetime
    shown_by: str
    last_used: int
    uses_since_seen: int
    ends_at: datetime | None
    end_reason: EndReason | None
    credential_status: CredentialStatus
    person_id: int
    cert_type: str
    cert_no_hash: bytes
    cert_no_encrypted: bytes
    name: str
    gender: str
    birthday: date | None
    nationality: str
    insured_region: str
    psn_no: str
    insured_status: InsuredStatus
    is_specimen: bool


class ShownNumber(NamedTuple):
    """A twelve-digit number. Both moments in Unix seconds."""

    handle: str
    issued_at: int
    expires_at: int


class ShownSlip(NamedTuple):
    """The slip of a presentation on paper: where, for what and until when it is valid."""

    institution_id: int
    business_type: str
    issued_at: datetime
    expires_at: datetime
    revoked_at: datetime | None


_SHOWN = PreparedQuery(
    select(
        Presentation.handle,
        Presentation.credential_id,
        Presentation.device_id,
        Presentation.master_id,
        Presentation.created_at.label("shown_since"),
        Presentation.seen_at,
        Presentation.shown_by,
        Presentation.last_used,
        Presentation.uses_since_seen,
        Presentation.ends_at,
        Presentation.end_reason,
        Credential.status.label("credential_status"),
        InsuredPerson.id.label("person_id"),
        InsuredPerson.cert_type,
        InsuredPerson.cert_no_hash,
        InsuredPerson.cert_no_encrypted,
        InsuredPerson.name,
        InsuredPerson.gender,
        InsuredPerson.birthday,
        InsuredPerson.nationality,
        InsuredPerson.insured_region,
        InsuredPerson.psn_no,
        InsuredPerson.status.label("insured_status"),
        InsuredPerson.is_specimen,
    )
    .select_from(Presentation)
    .join(Credential, Credential.id == Presentation.credential_id)
    .join(InsuredPerson, InsuredPerson.id == Credential.person_id)
    .where(Presentation.handle == bindparam("handle")),
    Shown,
)
_NUMBER = PreparedQuery(
    select(TypedCode.handle, TypedCode.issued_at, TypedCode.expires_at).where(TypedCode.number == bindparam("number")), ShownNumber
)
_SLIP = PreparedQuery(
    select(Slip.institution_id, Slip.business_type, Slip.issued_at, Slip.expires_at, Slip.revoked_at).where(
        Slip.handle == bindparam("handle")
    ),
    ShownSlip,
)


def find_shown(connection: Connection, handle: str) -> Shown | None:
    return _SHOWN.first(connection, {"handle": handle})


def find_number(connection: Connection, number: str) -> ShownNumber | None:
    return _NUMBER.first(connection, {"number": number})


def find_slip_of(connection: Connection, handle: str) -> ShownSlip | None:
    """Read only where the presentation is on paper."""
    return _SLIP.first(connection, {"handle": handle})
