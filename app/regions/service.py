"""The verbs of regions and offices. Files fill what is missing; what staff changed in an office stays."""

import csv
from collections.abc import Iterator
from datetime import date
from pathlib import Path

from app.core import audit, clock
from app.core.db import db, transaction
from app.regions.models import Agency, Hotline, Region, RegionLevel, RegionTag
from app.regions.queries import find_agency, get_agency

DATA = Path(__file__).parent / "data"


@transaction()
def load_regions(folder: Path = DATA) -> None:
    """Reads regions.csv and agencies.csv. Regions follow the file; an office that exists already keeps its name and numbers.

    May be run again at any time.
    """
    for row in _rows(folder / "regions.csv"):
        db.session.merge(
            Region(
                code=row["code"],
                name=row["name"],
                level=RegionLevel(row["level"]),
                parent_code=row["parent_code"] or None,
                is_insured_region=row["is_insured_region"] == "1",
            )
        )
        db.session.flush()
    for position, row in enumerate(_rows(folder / "agencies.csv")):
        if find_agency(row["slug"]) is None:
            db.session.add(_agency(row, position))


@transaction()
def check_hotline(slug: str, on: date | None = None, by: str = "system") -> Agency:
    """Notes that somebody of the bureau rang this office's numbers (default: today). Raises NotFound."""
    agency = get_agency(slug)
    for hotline in agency.hotlines:
        hotline.last_checked = on or clock.today()
    audit.record(RegionTag.hotline_checked, actor=by, subject=f"agency:{agency.id}")
    return agency


@transaction()
def change_hotline(slug: str, phone: str, by: str = "system") -> Agency:
    """Replaces the office's first number, as checked today. Raises NotFound."""
    agency = get_agency(slug)
    if not agency.hotlines:
        agency.hotlines.append(Hotline(phone=phone))
    first = agency.hotlines[0]
    first.phone, first.last_checked, first.source = phone, clock.today(), ""
    audit.record(RegionTag.hotline_changed, actor=by, subject=f"agency:{agency.id}")
    return agency


def _agency(row: dict[str, str], position: int) -> Agency:
    checked = date.fromisoformat(row["last_checked"]) if row["last_checked"] else None
    hotline = Hotline(phone=row["phone"], label=row["label"], last_checked=checked, source=row["source"])
    return Agency(
        slug=row["slug"],
        name=row["name"],
        region_code=row["region_code"] or None,
        parent_region_code=row["parent_region_code"] or None,
        position=position,
        hotlines=[hotline],
    )


def _rows(path: Path) -> Iterator[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        yield from csv.DictReader(file)
