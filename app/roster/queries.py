"""Reads of insured persons, imports and uploads. Functions with `regions` find nobody outside these regions."""

from collections.abc import Collection
from datetime import timedelta
from typing import Protocol

from sqlalchemy import func, or_, select

from app.core import clock
from app.core.crypto import vault
from app.core.db import db
from app.core.errors import NotFound
from app.core.settings import settings
from app.roster.identity import InvalidCert, kindred_types, parse_cert
from app.roster.models import InsuredPerson, PersonStatusChange, RosterImport, RosterSearch, RosterUpload
from app.roster.names import MAX_NAME_CHARS, folded_name, is_same_name

CERT_PURPOSE = "cert_no"
SAME_NAME = 200  # more people of one name cannot be told apart by four characters anyway


def cert_hash(cert_type: str, number: str) -> bytes:
    """The keyed hash by which a person is found. number: as `parse_cert` returns it. The type is part of the hash."""
    return vault.keyed_hash(CERT_PURPOSE, f"{cert_type}:{number}")


def cert_hashes(cert_type: str, number: str) -> tuple[bytes, ...]:
    """The hashes a row may have while one DATA_KEY replaces another."""
    return vault.keyed_hashes(CERT_PURPOSE, f"{cert_type}:{number}")


def find_person(cert_type: str, number: str) -> InsuredPerson | None:
    """Finds a person by identity document. number: normalised. Also tries kindred types, since dictionaries vary by province."""
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


class Certified(Protocol):
    """Anything with an identity document: a person, or a row read with a person's columns."""

    @property
    def cert_no_encrypted(self) -> bytes: ...
    @property
    def cert_no_hash(self) -> bytes: ...


def cert_no_of(person: Certified) -> str:
    """The number in clear. Raises ValueError if the stored value was altered or moved from another row."""
    return vault.decrypt(CERT_PURPOSE, person.cert_no_encrypted, bound_to=person.cert_no_hash).decode()


def get_person_of(id: int, regions: Collection[str]) -> InsuredPerson:
    """The person with this id in these regions. Raises NotFound."""
    person = get_person(id)
    if person.insured_region not in regions:
        raise NotFound
    return person


def list_persons(ids: Collection[int], regions: Collection[str]) -> list[InsuredPerson]:
    wanted = select(InsuredPerson).where(InsuredPerson.id.in_(ids), InsuredPerson.insured_region.in_(sorted(regions)))
    return list(db.session.scalars(wanted.order_by(InsuredPerson.id)))


def list_by_name(name: str, tail: str, regions: Collection[str]) -> list[InsuredPerson]:
    """People of this name (`names.is_same_name`) in these regions whose number ends with `tail`, written as in parsed numbers."""
    folded = folded_name(name)
    if not folded:
        return []
    # Also searches the name as typed: after an upgrade the roster has no folded names until `fold_names` has run once.
    written = {folded, " ".join(name.split())[:MAX_NAME_CHARS]}
    same = db.session.scalars(
        select(InsuredPerson)
        .where(
            or_(InsuredPerson.name.in_(sorted(written)), InsuredPerson.folded_name == folded),
            InsuredPerson.insured_region.in_(sorted(regions)),
            InsuredPerson.is_specimen.is_(False),
        )
        .limit(SAME_NAME)
    )
    return [person for person in same if is_same_name(person.name, name) and cert_no_of(person).endswith(tail)]


def list_status_changes(person_id: int, limit: int = 20) -> list[PersonStatusChange]:
    """Changes made by hand, newest first."""
    wanted = select(PersonStatusChange).where(PersonStatusChange.person_id == person_id)
    return list(db.session.scalars(wanted.order_by(PersonStatusChange.id.desc()).limit(limit)))


def count_misses(by: str) -> int:
    """The number of searches in the last hour that found nobody."""
    since = clock.now() - timedelta(hours=1)
    missed = select(func.count()).where(RosterSearch.by == by, RosterSearch.searched_at > since, RosterSearch.found == 0)
    return int(db.session.scalar(missed) or 0)


def list_imports(limit: int = 20, regions: Collection[str] | None = None) -> list[RosterImport]:
    """Newest first. regions: only imports whose importer could write no other regions, or all regions; None for all imports."""
    found = db.session.scalars(select(RosterImport).order_by(RosterImport.id.desc()).limit(limit))
    return [entry for entry in found if regions is None or entry.scope == "*" or set(entry.scope.split(",")) <= set(regions)]


def find_import(id: int, regions: Collection[str]) -> RosterImport | None:
    """One import, if `list_imports` would show it for these regions."""
    found = db.session.get(RosterImport, id)
    is_shown = found is not None and (found.scope == "*" or set(found.scope.split(",")) <= set(regions))
    return found if is_shown else None


def find_undoable() -> RosterImport | None:
    """The newest import that changed anything, if it can still be undone or is being undone."""
    changed = or_(RosterImport.created > 0, RosterImport.updated > 0)
    newest = db.session.scalar(
        select(RosterImport).where(RosterImport.merged_at.is_not(None), changed).order_by(RosterImport.id.desc()).limit(1)
    )
    limit = clock.now() - timedelta(days=settings.roster_undo_days)
    if newest is None or newest.undone_at is not None or newest.started_at < limit:
        return None
    return newest


def find_import_of(report_id: int) -> RosterImport | None:
    return db.session.scalar(select(RosterImport).where(RosterImport.report_id == report_id))


def get_upload(id: int, by: str) -> RosterUpload:
    """A member's own upload. Raises NotFound."""
    found = db.session.get(RosterUpload, id)
    if found is None or found.by != by:
        raise NotFound
    return found


def list_uploads(by: str, limit: int = 10) -> list[RosterUpload]:
    """A member's own uploads whose files still exist, newest first."""
    wanted = select(RosterUpload).where(RosterUpload.by == by, RosterUpload.file_name.is_not(None))
    return list(db.session.scalars(wanted.order_by(RosterUpload.id.desc()).limit(limit)))


def _find(cert_type: str, number: str) -> InsuredPerson | None:
    return db.session.scalar(
        select(InsuredPerson).where(
            InsuredPerson.cert_no_hash.in_(cert_hashes(cert_type, number)), InsuredPerson.cert_type == cert_type
        )
    )
