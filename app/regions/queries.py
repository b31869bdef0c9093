"""Reads of regions, the offices responsible for them, and their numbers."""

from collections.abc import Iterator
from datetime import timedelta

from sqlalchemy import or_, select
from sqlalchemy.orm import contains_eager, selectinload

from app.core import clock
from app.core.db import db
from app.core.errors import NotFound
from app.core.settings import settings
from app.regions.models import Agency, Hotline, Region, RegionLevel


def list_insured_regions(*, with_retired: bool = False) -> list[Region]:
    """The regions that can be chosen as 参保地: counties and pools, ordered by city, pools first.

    with_retired: also those that can no longer be chosen, for the names of old data.
    """
    wanted = select(Region).where(Region.is_insured_region).order_by(Region.code)
    regions = db.session.scalars(wanted if with_retired else wanted.where(Region.retired_at.is_(None))).all()
    return sorted(regions, key=lambda r: (r.code[:2], r.code[2:4], r.level is not RegionLevel.pool, r.code))


def find_region(code: str) -> Region | None:
    return db.session.get(Region, code)


def get_region(code: str) -> Region:
    region = find_region(code)
    if region is None:
        raise NotFound
    return region


def list_regions() -> list[Region]:
    """All regions, retired ones too, by code: so a province is followed by its cities, a city by its counties and pools."""
    return list(db.session.scalars(select(Region).order_by(Region.code)))


def find_agency(slug: str) -> Agency | None:
    return db.session.scalar(select(Agency).where(Agency.slug == slug))


def get_agency(slug: str) -> Agency:
    agency = find_agency(slug)
    if agency is None:
        raise NotFound
    return agency


def get_agency_by_id(agency_id: int) -> Agency:
    agency = db.session.get(Agency, agency_id)
    if agency is None:
        raise NotFound
    return agency


def list_agencies(*, with_retired: bool = False) -> list[Agency]:
    """The offices in the bureau's order, with their hotlines."""
    wanted = select(Agency).order_by(Agency.position, Agency.id).options(selectinload(Agency.hotlines))
    return list(db.session.scalars(wanted if with_retired else wanted.where(Agency.retired_at.is_(None))))


def get_hotline(hotline_id: int) -> Hotline:
    hotline = db.session.get(Hotline, hotline_id)
    if hotline is None:
        raise NotFound
    return hotline


def list_unchecked_hotlines() -> list[Hotline]:
    """Numbers that citizens see and that nobody has rung for `HOTLINE_CHECK_DAYS`, or ever."""
    limit = clock.today() - timedelta(days=settings.hotline_check_days)
    return list(
        db.session.scalars(
            select(Hotline)
            .join(Hotline.agency)
            .options(contains_eager(Hotline.agency))
            .where(or_(Hotline.last_checked.is_(None), Hotline.last_checked < limit), Agency.retired_at.is_(None))
            .order_by(Agency.position, Agency.id, Hotline.position)
        )
    )


def hotlines_for(region_code: str | None) -> list[Hotline]:
    """The numbers to call: those of the region's own office, then of its city's, then of the bureau's first office.

    Never empty once `flask regions load` has run.
    """
    query = (
        select(Hotline)
        .join(Hotline.agency)
        .options(contains_eager(Hotline.agency))
        .where(Agency.retired_at.is_(None))
        .order_by(Agency.position, Agency.id, Hotline.position)
    )
    hotlines = list(db.session.scalars(query))
    if not hotlines:
        return []
    ranks = {code: rank for rank, codes in enumerate(_nearest_first(region_code)) for code in codes}
    first = hotlines[0].agency_id
    near = [h for h in hotlines if h.agency.region_code in ranks or h.agency_id == first]
    return sorted(near, key=lambda h: ranks.get(h.agency.region_code or "", len(ranks)))


def _nearest_first(code: str | None) -> Iterator[set[str]]:
    """The region with its pools, then each region above it with its own (the pool 市本级 is responsible for its city)."""
    region = db.session.get(Region, code) if code else None
    while region is not None:
        yield {region.code, *_pools_of(region)}
        region = db.session.get(Region, region.parent_code) if region.parent_code else None


def _pools_of(region: Region) -> list[str]:
    pools = select(Region.code).where(Region.parent_code == region.code, Region.level == RegionLevel.pool)
    return list(db.session.scalars(pools)) if region.level in {RegionLevel.city, RegionLevel.province} else []
