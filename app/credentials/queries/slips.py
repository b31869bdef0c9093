"""Reads of paper slips, as the counter and their holder see them."""

from collections.abc import Collection

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from app.core import clock
from app.core.db import db
from app.core.errors import NotFound
from app.credentials.models import Credential, Slip

SLIPS_PAGE = 50


def get_slip(slip_id: int, regions: Collection[str]) -> Slip:
    """With credential and person. Raises NotFound for one of another region."""
    slip = db.session.get(Slip, slip_id, options=[joinedload(Slip.credential, innerjoin=True).joinedload(Credential.person)])
    if slip is None or slip.region not in regions:
        raise NotFound
    return slip


def list_slips_today(regions: Collection[str], *, before: int | None = None) -> list[Slip]:
    """Slips issued today for people of these regions, newest first, fifty at a time. before: the last id of the previous page."""
    wanted = (
        select(Slip)
        .options(joinedload(Slip.credential, innerjoin=True).joinedload(Credential.person))
        .where(Slip.region.in_(sorted(regions)), Slip.valid_on == clock.today())
        .order_by(Slip.id.desc())
        .limit(SLIPS_PAGE)
    )
    return list(db.session.scalars(wanted if before is None else wanted.where(Slip.id < before)))


def list_slips_of_person(person_id: int) -> list[Slip]:
    """Today's, newest first."""
    return list(
        db.session.scalars(
            select(Slip)
            .join(Credential, Credential.id == Slip.credential_id)
            .where(Credential.person_id == person_id, Slip.valid_on == clock.today())
            .order_by(Slip.id.desc())
        )
    )


def list_last_places(issued_by: str, limit: int = 5) -> list[int]:
    """Ids of the institutions this staff member's last slips were for, latest first: the next slip is often for one of them."""
    last = db.session.scalars(select(Slip.institution_id).where(Slip.issued_by == issued_by).order_by(Slip.id.desc()).limit(30))
    return list(dict.fromkeys(last))[:limit]


def has_open_slip(credential_id: int) -> bool:
    open_ones = select(Slip.id).where(
        Slip.credential_id == credential_id, Slip.valid_on >= clock.today(), Slip.used_at.is_(None), Slip.revoked_at.is_(None)
    )
    return db.session.scalar(open_ones.limit(1)) is not None
