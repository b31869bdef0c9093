"""Reads of members."""

from collections.abc import Collection, Iterable, Mapping

from sqlalchemy import or_, select
from sqlalchemy.orm import joinedload

from app.core import clock
from app.core.crypto import vault
from app.core.db import db
from app.core.errors import NotFound
from app.regions.models import Agency, Region, RegionLevel
from app.staff.models import StaffMember

MEMBERS_SHOWN = 50


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
    """All present and former members, by user name."""
    return list(
        db.session.scalars(
            select(StaffMember).options(joinedload(StaffMember.agency, innerjoin=True)).order_by(StaffMember.username)
        )
    )


def list_active() -> list[StaffMember]:
    """Members who are not disabled, by user name."""
    return list(
        db.session.scalars(select(StaffMember).where(StaffMember.disabled_at.is_(None)).order_by(StaffMember.username).limit(500))
    )


def list_colleagues(agency_ids: Collection[int], *, prefix: str = "", state: str = "", after: str = "") -> list[StaffMember]:
    """Members of these agencies by user name, one more than a page shows. prefix: of the user name or the name.

    state: `active`, `disabled`, `newcomers` (not signed in yet), or empty for all. after: the last user name of the previous page.
    """
    wanted = select(StaffMember).where(StaffMember.agency_id.in_(agency_ids), StaffMember.username > after)
    if prefix:
        by_username = StaffMember.username.startswith(prefix.casefold(), autoescape=True)
        wanted = wanted.where(or_(by_username, StaffMember.name.startswith(prefix, autoescape=True)))
    if state == "disabled":
        wanted = wanted.where(StaffMember.disabled_at.is_not(None))
    elif state:
        wanted = wanted.where(StaffMember.disabled_at.is_(None), StaffMember.must_choose_password.is_(state == "newcomers"))
    page = wanted.options(joinedload(StaffMember.agency, innerjoin=True)).order_by(StaffMember.username).limit(MEMBERS_SHOWN + 1)
    return list(db.session.scalars(page))


def list_handovers(to: StaffMember, regions: Collection[str]) -> list[StaffMember]:
    """Members within these regions whose one-time password's second half this colleague may read and hand over."""
    waiting = select(StaffMember).where(
        StaffMember.second_half.is_not(None),
        StaffMember.password_expires_at > clock.now(),
        StaffMember.id != to.id,
        StaffMember.half_started_by != to.id,
    )
    found = db.session.scalars(waiting.order_by(StaffMember.username).limit(500)).all()
    agency_ids = {agency.id for agency in list_reached(regions)} if found else set()
    return [member for member in found if member.agency_id in agency_ids]


def get_handover(staff_id: int, to: StaffMember, regions: Collection[str]) -> StaffMember:
    """One of `list_handovers`. Raises NotFound."""
    found = next((member for member in list_handovers(to, regions) if member.id == staff_id), None)
    if found is None:
        raise NotFound
    return found


def list_reached(regions: Collection[str]) -> list[Agency]:
    """Agencies whose whole region lies within these, in the bureau's order. Takes two queries, however many agencies there are."""
    pools = {r.code: r for r in db.session.scalars(select(Region))}
    agencies = db.session.scalars(select(Agency).order_by(Agency.position, Agency.id))
    return [agency for agency in agencies if (own := _regions_among(agency, pools)) and own <= set(regions)]


def totp_secret_of(member: StaffMember) -> str:
    """The secret in Base32; empty if there is none."""
    if member.totp_secret is None:
        return ""
    return vault.decrypt("staff-totp", member.totp_secret, bound_to=str(member.id).encode()).decode()


def regions_of(agency: Agency) -> frozenset[str]:
    """The insured regions of an agency: its own county, or, for a pool (市本级, 省直), all those below its city or province.

    An office without a code of its own (经开区) has its city's pool.
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


def _regions_among(agency: Agency, known: Mapping[str, Region]) -> frozenset[str]:
    """`regions_of`, computed from regions that were read already."""
    if agency.region_code is None:
        of_city = (r for r in known.values() if r.parent_code == agency.parent_region_code and r.level is RegionLevel.pool)
        return frozenset(r.code for r in of_city)
    region = known.get(agency.region_code)
    if region is None or region.level is not RegionLevel.pool or region.parent_code is None:
        return frozenset({agency.region_code})
    below = {r.code for r in known.values() if r.parent_code == region.parent_code}
    below |= {r.code for r in known.values() if r.parent_code in below}
    return frozenset(code for code in below if known[code].is_insured_region)


def names_of(ids: Collection[int]) -> dict[int, str]:
    """Names of members, by id."""
    rows = db.session.execute(select(StaffMember.id, StaffMember.name).where(StaffMember.id.in_(ids)))
    return {row.id: row.name for row in rows}


def names_of_actors(actors: Iterable[str]) -> dict[str, str]:
    """`staff:12` -> the member's name, for those of these actors who are members."""
    ids = {key for actor in actors if (key := StaffMember.key_in(actor)) is not None}
    return {StaffMember.actor_of(number): name for number, name in names_of(ids).items()} if ids else {}
