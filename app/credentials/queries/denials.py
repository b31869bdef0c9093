"""Reads of a code's uses and of the denials of them."""

from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import func, or_, select
from sqlalchemy.orm import contains_eager, joinedload

from app.accounts.models import Account, Device
from app.core import clock
from app.core.db import db
from app.core.errors import NotFound
from app.credentials.models import Credential, Presentation, UseDenial
from app.credentials.uses import Use, read_uses
from app.roster.models import InsuredPerson

MOST_SHOWN = 50  # fixed: length of one list; the rest appears as the first are settled
DENIALS_PAGE = 50


@dataclass(frozen=True, slots=True)
class AnsweredUse:
    """denial: set once somebody has said 不是我 about this use."""

    use: Use
    denial: UseDenial | None


def list_uses(credential_id: int, *, shown_on_account: int | None = None, limit: int = MOST_SHOWN) -> list[AnsweredUse]:
    """Newest first. shown_on_account: only uses shown on the devices of this account, which is all a relative may know."""
    uses = read_uses(credential_id, shown_on_account=shown_on_account, limit=limit)
    denials = {
        denial.scan_id: denial
        for denial in db.session.scalars(select(UseDenial).where(UseDenial.scan_id.in_([use.scan_id for use in uses])))
    }
    return [AnsweredUse(use, denials.get(use.scan_id)) for use in uses]


def get_use(credential_id: int, scan_id: int, *, shown_on_account: int | None = None) -> AnsweredUse:
    """Raises NotFound for a scan of another code, and for a relative when it was shown on other devices."""
    found = read_uses(credential_id, shown_on_account=shown_on_account, scan_id=scan_id, limit=1)
    if not found:
        raise NotFound
    return AnsweredUse(found[0], find_denial(scan_id))


def find_denial(scan_id: int) -> UseDenial | None:
    return db.session.scalar(select(UseDenial).where(UseDenial.scan_id == scan_id))


def list_open_denials_in(regions: Collection[str], after: int | None = None, *, limit: int = DENIALS_PAGE) -> list[UseDenial]:
    """Unsettled cases of these regions, oldest first, paged by key; one more than `limit` when there are further ones."""
    query = (
        select(UseDenial)
        .join(UseDenial.credential)
        .join(Credential.person)
        .options(contains_eager(UseDenial.credential).contains_eager(Credential.person))
        .where(UseDenial.settled_at.is_(None), InsuredPerson.insured_region.in_(sorted(regions)))
        .order_by(UseDenial.id)
        .limit(limit + 1)
    )
    if after is not None:
        query = query.where(UseDenial.id > after)
    return list(db.session.scalars(query))


def count_open_denials_in(regions: Collection[str]) -> int:
    """Counted up to DENIALS_PAGE."""
    few = (
        select(UseDenial.id)
        .join(UseDenial.credential)
        .join(Credential.person)
        .where(UseDenial.settled_at.is_(None), InsuredPerson.insured_region.in_(sorted(regions)))
        .limit(DENIALS_PAGE)
    )
    return int(db.session.scalar(select(func.count()).select_from(few.subquery())) or 0)


def get_denial_in(regions: Collection[str], denial_id: int) -> UseDenial:
    """With credential and person, settled ones too. Raises NotFound for another region's."""
    found = db.session.scalar(
        select(UseDenial)
        .where(UseDenial.id == denial_id)
        .options(joinedload(UseDenial.credential, innerjoin=True).joinedload(Credential.person, innerjoin=True))
    )
    if found is None or found.credential.person.insured_region not in regions:
        raise NotFound
    return found


def list_accounts_that_show(credential: Credential) -> list[int]:
    """The person's own account, and every account one of whose devices shows the code now."""
    shown = (
        select(Device.account_id)
        .join(Presentation, Presentation.device_id == Device.id)
        .where(
            Presentation.credential_id == credential.id,
            or_(Presentation.ends_at.is_(None), Presentation.ends_at > clock.now()),
            Device.revoked_at.is_(None),
        )
    )
    own = select(Account.id).where(Account.person_id == credential.person_id)
    return sorted(set(db.session.scalars(own)) | set(db.session.scalars(shown)))
