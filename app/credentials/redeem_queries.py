"""The reads of a scan: what a handle or a twelve-digit number shows, with credential and person, in one SELECT; a slip for paper.

Each answers with a row whose columns are attributes, or None.
"""

from typing import Any

from sqlalchemy import Connection, bindparam, select

from app.core.prepared import Prepared
from app.credentials.models import Credential, Presentation, Slip, TypedCode
from app.roster.models import InsuredPerson

_COLUMNS = (
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
_SHOWN = (
    select(*_COLUMNS)
    .select_from(Presentation)
    .join(Credential, Credential.id == Presentation.credential_id)
    .join(InsuredPerson, InsuredPerson.id == Credential.person_id)
)
_BY_HANDLE = Prepared(_SHOWN.where(Presentation.handle == bindparam("handle")))
_BY_NUMBER = Prepared(
    _SHOWN.add_columns(TypedCode.issued_at, TypedCode.expires_at)
    .join(TypedCode, TypedCode.handle == Presentation.handle)
    .where(TypedCode.number == bindparam("number"))
)


def find_shown_by_handle(connection: Connection, handle: str) -> Any:
    return _BY_HANDLE.first(connection, {"handle": handle})


def find_shown_by_number(connection: Connection, number: str) -> Any:
    """As by handle, with the number's own `issued_at` and `expires_at` (Unix seconds)."""
    return _BY_NUMBER.first(connection, {"number": number})


_SLIP = Prepared(
    select(Slip.institution_id, Slip.business_type, Slip.issued_at, Slip.expires_at, Slip.revoked_at).where(
        Slip.handle == bindparam("handle")
    )
)


def find_slip_of(connection: Connection, handle: str) -> Any:
    """Read only where the presentation is on paper."""
    return _SLIP.first(connection, {"handle": handle})
