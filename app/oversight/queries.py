"""The audit log as the auditor reads it: names of actors and persons, alarms, and the tags of views of papers."""

import json
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Select, select

from app.core import clock
from app.core.audit import AuditRow
from app.core.audit.named import Named
from app.core.audit.queries import AuditFilter, AuditPage, search
from app.core.audit.tags import find_noun
from app.core.db import db
from app.core.display import masked_name
from app.credentials.models import Credential
from app.documents.audit_tags import DocumentTag
from app.institutions.models import Institution
from app.oversight.words import alarm_tags
from app.regions.models import Agency
from app.reviews.audit_tags import ReviewTag
from app.roster.models import InsuredPerson
from app.scanning.models import Scan
from app.staff.models import StaffMember

DEFAULT_DAYS = 7  # fixed: what a search shows before anything is chosen
LONGEST_DAYS = 366  # fixed: one search reads at most a year, so that none scans the whole table; earlier days take another search
ALARM_DAYS = 7  # fixed: the page says so: the last seven days
ALARMS_COUNTED = 99
VIEW_TAGS: tuple[str, ...] = (DocumentTag.viewed, ReviewTag.letter_viewed)


@dataclass(frozen=True, slots=True)
class Member:
    """The names of a member of staff for others: a citizen is told the agency and roles, never the name."""

    username: str
    name: str
    agency: str
    roles_text: str


class Names:
    """The names behind `staff:3`, `institution:5` and person 12, read once for all rows of a page."""

    def __init__(self, rows: Iterable[AuditRow]) -> None:
        rows = list(rows)
        mentioned = [text for row in rows for text in (row.actor, row.subject)]
        self.staff = _members(_numbers(mentioned, StaffMember))
        self.institutions = _institutions(_numbers(mentioned, Institution))
        self.persons = _persons({row.person_id for row in rows if row.person_id is not None})

    def plain(self, mentioned: str) -> str:
        """`staff:3` -> 王丽（wang.li，旌阳区医保局）; `family_request:12` -> 家人申请 12."""
        kind, _colon, number = mentioned.partition(":")
        if member := self.staff.get(StaffMember.key_in(mentioned) or 0):
            return f"{member.name}（{member.username}，{member.agency}）"
        if name := self.institutions.get(Institution.key_in(mentioned) or 0):
            return name
        label = find_noun(kind)
        return f"{label} {number}".strip() if label is not None else mentioned


def scans_of(person_id: int) -> Any:
    """The ids of this person's scans between two ids, for `AuditFilter.scans`: a scan's audit row has the same id.

    They are selected from the scan log by credential. Moments are not compared here, because the audit rows have them.
    """

    def select_ids(low: int, high: int) -> Select[Any]:
        owned = select(Credential.id).where(Credential.person_id == person_id)
        return (
            select(Scan.id)
            .where(Scan.credential_id.in_(owned), Scan.id >= low, Scan.id < high)
            .order_by(Scan.created_at.desc(), Scan.id.desc())
        )

    return select_ids


def list_alarms(before: int | None = None, *, now: datetime | None = None) -> AuditPage:
    """Alarms of the last seven days: locked staff, refused rights, guesses at people and at numbers, forged codes."""
    until = now or clock.now()
    return search(AuditFilter(since=until - timedelta(days=ALARM_DAYS), until=until, tags=alarm_tags()), before)


def count_alarms() -> int:
    """The number of alarms in the last day, counted up to ALARMS_COUNTED."""
    until = clock.now()
    wanted = AuditFilter(since=until - timedelta(days=1), until=until, tags=alarm_tags())
    return min(ALARMS_COUNTED, len(search(wanted, limit=ALARMS_COUNTED).rows))


def find_actor(typed: str) -> str:
    """`staff:3` for a user name, `institution:5` for an institution's code. Text that is already an actor is returned as it is.

    Empty if nobody is found.
    """
    wanted = typed.strip()
    if ":" in wanted or wanted in {"system", "visitor", "unknown", "operator"}:
        return wanted[:64]
    member = db.session.scalar(select(StaffMember.id).where(StaffMember.username == wanted.casefold()))
    if member is not None:
        return StaffMember.actor_of(member)
    institution = db.session.scalar(select(Institution.id).where(Institution.fixmedins_code == wanted.upper()))
    return Institution.actor_of(institution) if institution is not None else ""


def typed_actor(actor: str) -> str:
    """The inverse of `find_actor` for staff: the user name for `staff:3`; any other actor as it is."""
    key = StaffMember.key_in(actor)
    return (db.session.scalar(select(StaffMember.username).where(StaffMember.id == key)) if key is not None else None) or actor


def name_of(person_id: int | None) -> str:
    """The person's masked name; empty if there is none."""
    name = db.session.scalar(select(InsuredPerson.name).where(InsuredPerson.id == person_id)) if person_id is not None else None
    return masked_name(name) if name else ""


def detail_of(row: AuditRow) -> dict[str, Any]:
    return dict(json.loads(row.detail)) if row.detail else {}


def _numbers(mentioned: Iterable[str], model: type[Named]) -> set[int]:
    return {key for text in mentioned if (key := model.key_in(text)) is not None}


def _members(ids: Collection[int]) -> dict[int, Member]:
    if not ids:
        return {}
    query = (
        select(StaffMember.id, StaffMember.username, StaffMember.name, Agency.name, StaffMember.roles_text)
        .join(Agency, Agency.id == StaffMember.agency_id)
        .where(StaffMember.id.in_(sorted(ids)))
    )
    return {row[0]: Member(*row[1:]) for row in db.session.execute(query)}


def _institutions(ids: Collection[int]) -> dict[int, str]:
    if not ids:
        return {}
    query = select(Institution.id, Institution.name).where(Institution.id.in_(sorted(ids)))
    return {row[0]: row[1] for row in db.session.execute(query)}


def _persons(ids: Collection[int]) -> dict[int, str]:
    if not ids:
        return {}
    query = select(InsuredPerson.id, InsuredPerson.name).where(InsuredPerson.id.in_(sorted(ids)))
    return {row[0]: row[1] for row in db.session.execute(query)}
