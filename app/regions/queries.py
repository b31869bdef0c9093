from collections.abc import Iterator

from sqlalchemy import select
from sqlalchemy.orm import contains_eager, selectinload

from app.core.db import db
from app.core.errors import NotFound
from app.regions.models import Agency, Hotline, Region, RegionLevel


def list_insured_regions() -> list[Region]:
    """What may be chosen as 参保地: counties and pools, in the order of their codes' cities, pools first."""
    regions = db.session.scalars(select(Region).where(Region.is_insured_region).order_by(Region.code)).all()
    return sorted(regions, key=lambda r: (r.code[:2], r.code[2:4], r.level is not RegionLevel.pool, r.code))


def find_region(code: str) -> Region | None:
    return db.session.get(Region, code)


def find_agency(slug: str) -> Agency | None:
    return db.session.scalar(select(Agency).where(Agency.slug == slug))


def get_agency(slug: str) -> Agency:
    agency = find_agency(slug)
    if agency is None:
        raise NotFound
    return agency


def list_agencies() -> list[Agency]:
    """All offices in the bureau's order, with their hotlines."""
    return list(db.session.scalars(select(Agency).order_by(Agency.position, Agency.id).options(selectinload(Agency.hotlines))))


def hotlines_for(region_code: str | None) -> list[Hotline]:
    """Whom to call: the region's own office first, then its city's, then the bureau's first office. Each number once.

    Never empty once `flask regions load` has run.
    """
    query = (
        select(Hotline)
        .join(Hotline.agency)
        .options(contains_eager(Hotline.agency))
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
    """The region itself, then each region above it together with that region's pool (市本级 answers for its city)."""
    region = db.session.get(Region, code) if code else None
    while region is not None:
        yield {region.code, *_pools_of(region)}
        region = db.session.get(Region, region.parent_code) if region.parent_code else None


def _pools_of(region: Region) -> list[str]:
    pools = select(Region.code).where(Region.parent_code == region.code, Region.level == RegionLevel.pool)
    return list(db.session.scalars(pools)) if region.level in {RegionLevel.city, RegionLevel.province} else []
