from sqlalchemy import select

from app.core.crypto import vault
from app.core.db import db
from app.core.errors import NotFound
from app.roster.identity import InvalidCert, kindred_types, parse_cert
from app.roster.models import InsuredPerson, RosterImport

CERT_PURPOSE = "cert_no"


def cert_hash(cert_type: str, number: str) -> bytes:
    """The keyed hash a person is found by; number normalised as `parse_cert` returns it. The type is part of it."""
    return vault.keyed_hash(CERT_PURPOSE, f"{cert_type}:{number}")


def find_person(cert_type: str, number: str) -> InsuredPerson | None:
    """By document; number normalised. Where the roster keeps it under a kindred type, there too: dictionaries vary by province."""
    found = _find(cert_type, number)
    for other in kindred_types(cert_type) if found is None else ():
        try:
            parse_cert(other, number)
        except InvalidCert:
            continue
        if found := _find(other, number):
            return found
    return found


def get_person(id: int) -> InsuredPerson:
    person = db.session.get(InsuredPerson, id)
    if person is None:
        raise NotFound
    return person


def cert_no_of(person: InsuredPerson) -> str:
    """The number in clear. Raises ValueError when the stored value was changed or moved from another row."""
    return vault.decrypt(CERT_PURPOSE, person.cert_no_encrypted, bound_to=person.cert_no_hash).decode()


def list_imports(limit: int = 20) -> list[RosterImport]:
    """Newest first."""
    return list(db.session.scalars(select(RosterImport).order_by(RosterImport.id.desc()).limit(limit)))


def _find(cert_type: str, number: str) -> InsuredPerson | None:
    return db.session.scalar(
        select(InsuredPerson).where(
            InsuredPerson.cert_no_hash == cert_hash(cert_type, number), InsuredPerson.cert_type == cert_type
        )
    )
