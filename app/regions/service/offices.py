"""Offices of the bureau: adding, renaming, ordering and retiring them. None is deleted, because staff belong to them."""

from flask_babel import gettext as _

from app.core import audit, clock
from app.core.db import db, transaction
from app.core.errors import DomainError
from app.regions.audit_tags import RegionTag
from app.regions.models import Agency, RegionLevel
from app.regions.policy import check_slug, checked_name
from app.regions.queries import find_agency, find_region, get_agency_by_id, get_region, list_agencies
from app.regions.service.ordering import move_row

NAME_LONGEST = 60  # fixed: what the column holds


@transaction()
def add_agency(slug: str, name: str, region_code: str, parent_code: str, *, by: str) -> Agency:
    """Adds an office at the end of the order. region_code: may be empty; then parent_code must name the office's city.

    Raises DomainError with the field that is wrong.
    """
    slug = slug.strip()
    check_slug(slug)
    if find_agency(slug) is not None:
        raise DomainError("slug_taken", _("这个简称已经有了，请换一个。"), field="slug", status=409)
    agency = Agency(slug=slug, name=checked_name(name, NAME_LONGEST), position=_next_position())
    _place(agency, region_code, parent_code)
    db.session.add(agency)
    db.session.flush()
    audit.record(RegionTag.agency_added, actor=by, subject=agency.subject, region=agency.region_code or "")
    return agency


@transaction()
def change_agency(agency_id: int, name: str, region_code: str, parent_code: str, *, by: str) -> Agency:
    """Changes an office but not its slug, which commands and files use. Raises NotFound and DomainError."""
    agency = get_agency_by_id(agency_id)
    agency.name = checked_name(name, NAME_LONGEST)
    _place(agency, region_code, parent_code)
    audit.record(RegionTag.agency_changed, actor=by, subject=agency.subject, region=agency.region_code or "")
    return agency


@transaction()
def move_agency(agency_id: int, *, up: bool, by: str) -> None:
    """Moves an office one place up or down in the order citizens see; at the ends it does nothing. Raises NotFound."""
    place = move_row(list_agencies(), get_agency_by_id(agency_id), up=up)
    if place is not None:
        audit.record(RegionTag.agency_changed, actor=by, subject=Agency.subject_of(agency_id), position=place)


@transaction()
def retire_agency(agency_id: int, *, by: str) -> Agency:
    """Hides an office and its numbers from citizens; its staff stay until they are moved. Raises DomainError `last_agency`."""
    agency = get_agency_by_id(agency_id)
    if agency.retired_at is not None:
        return agency
    if not any(a.hotlines for a in list_agencies() if a.id != agency.id):
        raise DomainError("last_agency", _("停用它以后，参保人就没有电话可打了。"), _("请先给别的机构添上电话。"), status=409)
    agency.retired_at = clock.now()
    audit.record(RegionTag.agency_retired, actor=by, subject=agency.subject)
    return agency


@transaction()
def restore_agency(agency_id: int, *, by: str) -> Agency:
    agency = get_agency_by_id(agency_id)
    if agency.retired_at is not None:
        agency.retired_at = None
        audit.record(RegionTag.agency_restored, actor=by, subject=agency.subject)
    return agency


def _place(agency: Agency, region_code: str, parent_code: str) -> None:
    """Sets the office's region and city. An office without a region of its own needs a city."""
    region = find_region(region_code) if region_code else None
    if region_code and (region is None or not region.is_insured_region):
        raise DomainError("no_region", _("请选列表里的参保地，或者选“没有”。"), field="region")
    if region is not None and region.retired_at is not None and agency.region_code != region.code:
        raise DomainError("no_region", _("这个参保地已经停用，不能再选。"), field="region")
    city = find_region(parent_code or (region.parent_code if region else "") or "")
    if city is None or city.level not in (RegionLevel.city, RegionLevel.province):
        raise DomainError("no_city", _("请选这个机构所在的市。"), field="parent")
    if region is not None and region.parent_code is not None and get_region(region.parent_code).code != city.code:
        raise DomainError("wrong_city", _("参保地不属于这个市，请核对一遍。"), field="parent")
    agency.region_code, agency.parent_region_code = region.code if region else None, city.code


def _next_position() -> int:
    return max((agency.position for agency in list_agencies(with_retired=True)), default=-1) + 1
