"""Reads of links: who shows whose code."""

from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import ColumnElement, and_, bindparam, func, select
from sqlalchemy.orm import joinedload

from app.accounts.models import Account, Device
from app.core import clock
from app.core.db import db
from app.core.errors import NotFound
from app.credentials.models import Credential, CredentialStatus, Presentation
from app.family.models import CustodyFlag, FamilyLink, LinkState, Relation
from app.roster.models import InsuredPerson, InsuredStatus


def list_links(holder_account_id: int) -> list[FamilyLink]:
    """The links of this holder, by place, with the members."""
    return _list_active(FamilyLink.holder_account_id == holder_account_id)


def list_links_of_member(person_id: int) -> list[FamilyLink]:
    """The links by which this person's code is shown, by the place it has with its holder."""
    return _list_active(FamilyLink.member_person_id == person_id)


def _list_active(*which: ColumnElement[bool]) -> list[FamilyLink]:
    return list(
        db.session.scalars(
            select(FamilyLink)
            .options(joinedload(FamilyLink.member, innerjoin=True), joinedload(FamilyLink.holder, innerjoin=True))
            .where(*which, FamilyLink.state == LinkState.active)
            .order_by(FamilyLink.slot, FamilyLink.id)
        )
    )


@dataclass(frozen=True, slots=True)
class ShownMember:
    """A member whose living credential this holder shows."""

    link_id: int
    relation: Relation
    slot: int
    person_id: int
    name: str
    insured: InsuredStatus
    credential_id: int
    status: CredentialStatus


_link, _person, _credential = (model.__table__.c for model in (FamilyLink, InsuredPerson, Credential))
_SHOWN = (
    select(
        _link.id,
        _link.relation,
        _link.slot,
        _person.id,
        _person.name,
        _person.status,
        _credential.id,
        _credential.status,
    )
    .select_from(FamilyLink.__table__)
    .join(InsuredPerson.__table__, _person.id == _link.member_person_id)
    .join(Credential.__table__, and_(_credential.person_id == _link.member_person_id, _credential.status != CredentialStatus.ended))
    .where(_link.holder_account_id == bindparam("holder"), _link.state == LinkState.active)
    .order_by(_link.slot)
)


def list_shown(holder_account_id: int) -> list[ShownMember]:
    """One read of plain columns, by place: it runs on every code page."""
    return [ShownMember(*row) for row in db.session.execute(_SHOWN, {"holder": holder_account_id})]


def get_link(holder_account_id: int, link_id: int) -> FamilyLink:
    """A link of this holder, also an ended one; raises NotFound for another holder's."""
    link = db.session.scalar(
        select(FamilyLink)
        .options(joinedload(FamilyLink.member, innerjoin=True))
        .where(FamilyLink.id == link_id, FamilyLink.holder_account_id == holder_account_id)
    )
    if link is None:
        raise NotFound
    return link


def get_link_of_member(person_id: int | None, link_id: int) -> FamilyLink:
    """A link of this member; raises NotFound for another member's."""
    link = db.session.scalar(
        select(FamilyLink)
        .options(joinedload(FamilyLink.holder, innerjoin=True))
        .where(FamilyLink.id == link_id, FamilyLink.member_person_id == person_id)
    )
    if link is None:
        raise NotFound
    return link


def find_link(holder_account_id: int, person_id: int) -> FamilyLink | None:
    """The active link between the two."""
    return db.session.scalar(
        select(FamilyLink).where(
            FamilyLink.holder_account_id == holder_account_id,
            FamilyLink.member_person_id == person_id,
            FamilyLink.state == LinkState.active,
        )
    )


def list_recently_ended(holder_account_id: int, days: int = 30) -> list[FamilyLink]:
    """Links of this holder that ended recently, newest first: the page says why."""
    return list(
        db.session.scalars(
            select(FamilyLink)
            .options(joinedload(FamilyLink.member, innerjoin=True))
            .where(
                FamilyLink.holder_account_id == holder_account_id,
                FamilyLink.state == LinkState.ended,
                FamilyLink.ended_at > clock.now() - timedelta(days=days),
            )
            .order_by(FamilyLink.ended_at.desc())
        )
    )


def count_links_of_member(person_id: int) -> int:
    wanted = (
        select(func.count())
        .select_from(FamilyLink)
        .where(FamilyLink.member_person_id == person_id, FamilyLink.state == LinkState.active)
    )
    return db.session.scalar(wanted) or 0


def count_links(holder_account_id: int) -> int:
    wanted = (
        select(func.count())
        .select_from(FamilyLink)
        .where(FamilyLink.holder_account_id == holder_account_id, FamilyLink.state == LinkState.active)
    )
    return db.session.scalar(wanted) or 0


def list_taken_slots(holder_account_id: int) -> set[int]:
    return set(
        db.session.scalars(
            select(FamilyLink.slot).where(FamilyLink.holder_account_id == holder_account_id, FamilyLink.state == LinkState.active)
        )
    )


def list_links_coming_of_age(until: date) -> list[FamilyLink]:
    """Active links whose member needs to consent by `until` or earlier."""
    return _list_active(FamilyLink.of_age_on <= until)


def find_holder_behind(handle: str) -> int | None:
    """The account on whose device a handle is shown."""
    return db.session.scalar(
        select(Device.account_id).join(Presentation, Presentation.device_id == Device.id).where(Presentation.handle == handle)
    )


def find_link_of_credential(holder_account_id: int, credential_id: int) -> FamilyLink | None:
    return db.session.scalar(
        select(FamilyLink)
        .join(Credential, Credential.person_id == FamilyLink.member_person_id)
        .where(
            FamilyLink.holder_account_id == holder_account_id,
            FamilyLink.state == LinkState.active,
            Credential.id == credential_id,
        )
    )


def relation_behind(handle: str, credential_id: int) -> str:
    """The shown person's relation to the phone's holder, for the audit row of a scan; empty when there is no link."""
    holder_id = find_holder_behind(handle)
    link = find_link_of_credential(holder_id, credential_id) if holder_id else None
    return link.relation.value if link else ""


def is_disputed(person_id: int) -> bool:
    """Whether custody of this child is in dispute, so that two reviewers decide."""
    return (
        db.session.scalar(
            select(CustodyFlag.id).where(CustodyFlag.person_id == person_id, CustodyFlag.lifted_at.is_(None)).limit(1)
        )
        is not None
    )


def list_relatives(account: Account) -> list[int]:
    """Account ids linked to this one: those who show its person's code, and members with an account whose code it shows."""
    mine = (
        select(Account.id)
        .join(FamilyLink, FamilyLink.member_person_id == Account.person_id)
        .where(FamilyLink.holder_account_id == account.id, FamilyLink.state == LinkState.active)
    )
    theirs = select(FamilyLink.holder_account_id).where(
        FamilyLink.member_person_id == account.person_id, FamilyLink.state == LinkState.active
    )
    return sorted({*db.session.scalars(mine), *db.session.scalars(theirs)})
