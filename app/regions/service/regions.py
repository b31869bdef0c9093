"""Insured regions and pools: adding, renaming and retiring them. None is deleted: people, cases and institutions refer to them."""

from flask_babel import gettext as _
from sqlalchemy import select

from app.core import audit, clock
from app.core.db import db, transaction
from app.core.errors import DomainError
from app.regions.audit_tags import RegionTag
from app.regions.models import Region, RegionLevel
from app.regions.policy import check_code, checked_name
from app.regions.queries import find_region, get_region

NAME_LONGEST = 40  # fixed: what the column holds


@transaction()
def add_region(code: str, name: str, level: RegionLevel, parent_code: str, *, is_insured: bool, by: str) -> Region:
    """Adds a region. Raises DomainError with the field that is wrong."""
    code, parent = code.strip(), find_region(parent_code) if parent_code else None
    check_code(code, level, parent)
    name = checked_name(name, NAME_LONGEST)
    if find_region(code) is not None:
        raise DomainError("code_taken", _("这个代码已经有了。"), _("停用的地区可以在列表里恢复。"), field="code", status=409)
    region = Region(
        code=code,
        name=name,
        level=level,
        parent_code=parent.code if parent else None,
        is_insured_region=is_insured,
        edited_at=clock.now(),
    )
    db.session.add(region)
    db.session.flush()
    audit.record(RegionTag.region_added, actor=by, subject=Region.subject_of(code), insured=is_insured)
    return region


@transaction()
def change_region(code: str, name: str, *, is_insured: bool, by: str) -> Region:
    """Changes a region but not its code, level or parent, on which old data relies. Raises NotFound and DomainError."""
    region = get_region(code)
    if not is_insured:
        _require_another(region, _("这是最后一个可以选的参保地，请先添加或恢复另一个。"), "is_insured")
    region.name, region.is_insured_region = checked_name(name, NAME_LONGEST), is_insured
    region.edited_at = clock.now()
    audit.record(RegionTag.region_changed, actor=by, subject=Region.subject_of(code), insured=is_insured)
    return region


@transaction()
def retire_region(code: str, *, by: str) -> Region:
    """Retires a region: nobody can choose it any more, but persons who have it keep it, and its cases are decided as before.

    Raises NotFound, and DomainError `last_region` if no region would be left to choose.
    """
    region = get_region(code)
    if region.retired_at is None:
        _require_another(region, _("这是最后一个可以选的参保地，不能停用。"))
        region.retired_at = region.edited_at = clock.now()
        audit.record(RegionTag.region_retired, actor=by, subject=Region.subject_of(code))
    return region


@transaction()
def restore_region(code: str, *, by: str) -> Region:
    region = get_region(code)
    if region.retired_at is not None:
        region.retired_at, region.edited_at = None, clock.now()
        audit.record(RegionTag.region_restored, actor=by, subject=Region.subject_of(code))
    return region


def _require_another(region: Region, sentence: str, field: str = "") -> None:
    """Raises unless another region remains. Locks the rows, so that two members cannot retire the last two at once."""
    in_service = select(Region.code).where(Region.is_insured_region, Region.retired_at.is_(None)).order_by(Region.code)
    if list(db.session.scalars(in_service.with_for_update())) == [region.code]:
        raise DomainError("last_region", sentence, _("请先添加或恢复另一个。"), field=field, status=409)
