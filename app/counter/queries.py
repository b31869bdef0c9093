"""Reads of the counter: visits, scans, and institutions for which a slip can be issued."""

from collections.abc import Collection
from datetime import datetime, timedelta

from sqlalchemy import false, or_, select

from app.core import clock
from app.core.db import db
from app.core.errors import NotFound
from app.core.settings import settings
from app.counter.models import CounterScan, CounterVisit
from app.institutions.models import Institution, InstitutionKind
from app.scanning.models import Scan

PLACES = 8  # names shown if the beginning of a name matches more than one


def get_visit(staff_id: int, visit_id: int) -> CounterVisit:
    """A member's own visit, for settings.counter_visit_minutes; later the identity document must be checked again."""
    visit = db.session.get(CounterVisit, visit_id)
    if visit is None or visit.staff_id != staff_id or visit.opened_at <= _opened_after():
        raise NotFound
    return visit


def get_scan(staff_id: int, scan_id: int) -> CounterScan:
    scan = db.session.get(CounterScan, scan_id)
    if scan is None or scan.staff_id != staff_id or scan.scanned_at <= _opened_after():
        raise NotFound
    return scan


def _opened_after() -> datetime:
    return clock.now() - timedelta(minutes=settings.counter_visit_minutes)


def find_scan(out_biz_no: str) -> CounterScan | None:
    return db.session.scalar(select(CounterScan).where(CounterScan.out_biz_no == out_biz_no))


def find_scanned_credential(scan_id: int) -> int | None:
    return db.session.scalar(select(Scan.credential_id).where(Scan.id == scan_id))


def find_counter(regions: Collection[str]) -> Institution | None:
    """The bureau's own counter as a scanning institution (S8), in one of these regions or else in their city."""
    cities = sorted({region[:4] for region in regions})
    in_city = or_(false(), *(Institution.region_code.between(f"{city}00", f"{city}99") for city in cities))
    counters = db.session.scalars(
        select(Institution)
        .where(
            Institution.kind == InstitutionKind.bureau_counter,
            Institution.is_enabled,
            Institution.is_sandbox.is_(False),
            in_city,
        )
        .order_by(Institution.id)
    ).all()
    return next((one for one in counters if one.region_code in regions), counters[0] if counters else None)


def list_places(typed: str, region: str) -> list[Institution]:
    """Institutions of this region's city with this code, or else with this name, or else whose names begin so."""
    by_code = Institution.fixmedins_code == typed.upper()
    by_name = Institution.name.startswith(typed, autoescape=True)
    in_city = Institution.region_code.between(f"{region[:4]}00", f"{region[:4]}99")
    can_scan = (Institution.is_enabled, Institution.is_sandbox.is_(False))
    for which in (by_code, Institution.name == typed, by_name):
        found = db.session.scalars(
            select(Institution).where(which, in_city, *can_scan).order_by(Institution.name).limit(PLACES)
        ).all()
        if found:
            return list(found)
    return []


def list_institutions_of(ids: Collection[int]) -> dict[int, Institution]:
    return {one.id: one for one in db.session.scalars(select(Institution).where(Institution.id.in_(ids)))} if ids else {}
