"""The numbers that citizens call: adding, changing, ordering and removing them, and noting that one was rung."""

from datetime import date

from flask_babel import gettext as _

from app.core import audit, clock
from app.core.db import db, transaction
from app.core.errors import DomainError
from app.regions.audit_tags import RegionTag
from app.regions.models import Agency, Hotline
from app.regions.policy import checked_name, checked_phone
from app.regions.queries import get_agency, get_agency_by_id, get_hotline, list_agencies
from app.regions.service.ordering import move_row

LABEL_LONGEST, SOURCE_LONGEST = 40, 120  # fixed: what fits into a button of the hotlines' page
MOST_OF_ONE_AGENCY = 10  # fixed: in a list people choose from


@transaction()
def check_hotline(slug: str, on: date | None = None, by: str = "system") -> Agency:
    """Notes that somebody of the bureau rang this office's numbers (default: today). Raises NotFound."""
    agency = get_agency(slug)
    for hotline in agency.hotlines:
        hotline.last_checked = on or clock.today()
    audit.record(RegionTag.hotline_checked, actor=by, subject=agency.subject)
    return agency


@transaction()
def change_hotline(slug: str, phone: str, by: str = "system") -> Agency:
    """Replaces the office's first number, which counts as checked today. Raises NotFound, DomainError `no_phone`, `phone_twice`."""
    agency = get_agency(slug)
    if not agency.hotlines:
        agency.hotlines.append(Hotline(phone=""))
    first = agency.hotlines[0]
    _write(first, agency, phone, first.label, "")
    first.last_checked = clock.today()
    audit.record(RegionTag.hotline_changed, actor=by, subject=agency.subject)
    return agency


@transaction()
def note_hotline_rung(hotline_id: int, *, by: str) -> Hotline:
    """已拨打核对: one number was rung today and answered. Raises NotFound."""
    hotline = get_hotline(hotline_id)
    hotline.last_checked = clock.today()
    audit.record(RegionTag.hotline_checked, actor=by, subject=hotline.subject)
    return hotline


@transaction()
def add_hotline(agency_id: int, phone: str, label: str, source: str, *, is_checked: bool, by: str) -> Hotline:
    """Adds a number after the office's others. is_checked: it was rung today. Raises NotFound, DomainError with the wrong field."""
    agency = get_agency_by_id(agency_id)
    if len(agency.hotlines) >= MOST_OF_ONE_AGENCY:
        raise DomainError("too_many", _("一个机构最多写 %(count)d 个号码。", count=MOST_OF_ONE_AGENCY), field="phone", status=409)
    hotline = Hotline(phone="", position=max((h.position for h in agency.hotlines), default=-1) + 1)
    _write(hotline, agency, phone, label, source)
    hotline.last_checked = clock.today() if is_checked else None
    agency.hotlines.append(hotline)
    db.session.flush()
    audit.record(RegionTag.hotline_added, actor=by, subject=hotline.subject, agency=agency.id)
    return hotline


@transaction()
def correct_hotline(hotline_id: int, phone: str, label: str, source: str, *, is_checked: bool, by: str) -> Hotline:
    """Corrects a number; a new one is unchecked unless is_checked. Raises NotFound and DomainError with the wrong field."""
    hotline = get_hotline(hotline_id)
    before = hotline.phone
    _write(hotline, hotline.agency, phone, label, source)
    if is_checked:
        hotline.last_checked = clock.today()
    elif hotline.phone != before:
        hotline.last_checked = None
    audit.record(RegionTag.hotline_changed, actor=by, subject=hotline.subject, checked=is_checked)
    return hotline


@transaction()
def move_hotline(hotline_id: int, *, up: bool, by: str) -> None:
    """Moves a number one place up or down within its office; the first is the one on every page. Raises NotFound."""
    hotline = get_hotline(hotline_id)
    place = move_row(hotline.agency.hotlines, hotline, up=up)
    if place is not None:
        audit.record(RegionTag.hotline_changed, actor=by, subject=hotline.subject, position=place)


@transaction()
def remove_hotline(hotline_id: int, *, by: str) -> None:
    """Removes a number. Raises NotFound, and DomainError `last_hotline` if citizens would have no number left to call."""
    hotline = get_hotline(hotline_id)
    if all(line.id == hotline_id for agency in list_agencies() for line in agency.hotlines):
        raise DomainError("last_hotline", _("这是最后一个号码，不能删。"), _("请先添上新的号码。"), status=409)
    hotline.agency.hotlines.remove(hotline)
    audit.record(RegionTag.hotline_removed, actor=by, subject=Hotline.subject_of(hotline_id))


def _write(hotline: Hotline, agency: Agency, phone: str, label: str, source: str) -> None:
    phone = checked_phone(phone)
    if any(other.phone == phone for other in agency.hotlines if other is not hotline):
        raise DomainError("phone_twice", _("这个机构已经有这个号码了。"), field="phone", status=409)
    hotline.phone = phone
    hotline.label = checked_name(label, LABEL_LONGEST, "label") if label.strip() else ""
    hotline.source = " ".join(source.split())
    if len(hotline.source) > SOURCE_LONGEST:
        raise DomainError("too_long", _("最多 %(count)d 个字，请写短一些。", count=SOURCE_LONGEST), field="source")
