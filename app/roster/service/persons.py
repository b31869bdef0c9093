"""One insured person, added or corrected by hand or by a source."""

from datetime import date
from typing import Any

from app.core import audit, clock
from app.core.crypto import vault
from app.core.db import db, transaction
from app.core.found_by import claim
from app.roster.audit_tags import RosterTag
from app.roster.identity import Cert, clean_name, nationality_of
from app.roster.models import InsuredPerson, InsuredStatus
from app.roster.names import stored_fold
from app.roster.queries import CERT_PURPOSE, cert_hash, find_person


@transaction()
def save_person(
    *,
    cert: Cert,
    name: str,
    insured_region: str,
    insutype: str,
    status: InsuredStatus = InsuredStatus.normal,
    gender: str | None = None,
    birthday: date | None = None,
    nationality: str | None = None,
    psn_no: str = "",
    psn_type: str = "",
    is_specimen: bool = False,
    by: str = "system",
) -> InsuredPerson:
    """Adds the person with this identity document, or updates their row. Gender and birthday in the number itself win over
    `gender` and `birthday`. by: `kind:id` for the audit log. Raises InvalidName."""
    cleaned = clean_name(name)
    values: dict[str, Any] = {
        "name": cleaned,
        "folded_name": stored_fold(cleaned),
        **_of_document(cert, gender, birthday, nationality),
        "insured_region": insured_region,
        "insutype": insutype,
        "psn_no": psn_no,
        "psn_type": psn_type,
        "status": status,
        "is_specimen": is_specimen,
    }
    claim(CERT_PURPOSE, f"{cert.cert_type}:{cert.number}")
    person = find_person(cert.cert_type, cert.number)
    if person is None:
        person, tag = _add(cert, values), RosterTag.person_added
    elif _change(person, values):
        tag = RosterTag.person_changed
    else:
        return person
    audit.record(tag, actor=by, subject=person.subject, person_id=person.id)
    return person


def _of_document(cert: Cert, gender: str | None, birthday: date | None, nationality: str | None) -> dict[str, Any]:
    """The values that the document's number may contain already."""
    return {
        "gender": cert.gender or gender or "9",
        "birthday": cert.birthday or birthday,
        "nationality": nationality or nationality_of(cert),
    }


def _add(cert: Cert, values: dict[str, Any]) -> InsuredPerson:
    now, found_by = clock.now(), cert_hash(cert.cert_type, cert.number)
    person = InsuredPerson(
        cert_type=cert.cert_type,
        cert_no_hash=found_by,
        cert_no_encrypted=vault.encrypt(CERT_PURPOSE, cert.number.encode(), bound_to=found_by),
        created_at=now,
        updated_at=now,
        **values,
    )
    db.session.add(person)
    db.session.flush()
    return person


def _change(person: InsuredPerson, values: dict[str, Any]) -> bool:
    """Updates the person; False if nothing is new."""
    changes = {key: value for key, value in values.items() if getattr(person, key) != value}
    for key, value in changes.items():
        setattr(person, key, value)
    if changes:
        person.updated_at = clock.now()
    return bool(changes)
