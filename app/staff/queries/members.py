"""Reads of members."""

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from app.core.crypto import vault
from app.core.db import db
from app.core.errors import NotFound
from app.regions.models import Agency, Region, RegionLevel
from app.staff.models import StaffMember


def name_hash(username: str) -> bytes:
    return vault.keyed_hash("staff-name", username.strip().casefold())


def find_staff(username: str) -> StaffMember | None:
    wanted = username.strip().casefold()
    return db.session.scalar(
        select(StaffMember).where(StaffMember.username == wanted).options(joinedload(StaffMember.agency, innerjoin=True))
    )


def get_staff(staff_id: int) -> StaffMember:
    found = db.session.get(StaffMember, staff_id)
    if found is None:
        raise NotFound
    return found


def list_staff() -> list[StaffMember]:
    """Everybody who ever worked here, by user name."""
    return list(
        db.session.scalars(
            select(StaffMember).options(joinedload(StaffMember.agency, innerjoin=True)).order_by(StaffMember.username)
        )
    )


def totp_secret_of(member: StaffMember) -> str:
    """Base32; empty while there is none."""
    if member.totp_secret is None:
        return ""
    return vault.decrypt("staff-totp", member.totp_secret, bound_to=str(member.id).encode()).decode()


def regions_of(agency: Agency) -> frozenset[str]:
    """The insured regions an agency answers for: its own county; for a pool (市本级, 省直) everything below its city or province.

    An office without a code of its own (经开区) answers for its city's pool.
    """
    if agency.region_code is None:
        of_city = select(Region.code).where(Region.parent_code == agency.parent_region_code, Region.level == RegionLevel.pool)
        return frozenset(db.session.scalars(of_city))
    region = db.session.get(Region, agency.region_code)
    if region is None or region.level is not RegionLevel.pool or region.parent_code is None:
        return frozenset({agency.region_code})
    below = select(Region.code).where(Region.parent_code == region.parent_code)
    further = select(Region.code).where(Region.parent_code.in_(below))
    codes = {*db.session.scalars(below), *db.session.scalars(further)}
    insured = select(Region.code).where(Region.code.in_(codes), Region.is_insured_region)
    return frozenset(db.session.scalars(insured))
