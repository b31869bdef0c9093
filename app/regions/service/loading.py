"""Loads the release's files. They add what is missing and keep what staff changed."""

import csv
from collections.abc import Collection, Iterable, Iterator
from datetime import date
from pathlib import Path
from typing import Any

from sqlalchemy import select

from app.core.db import db, transaction
from app.regions.models import Agency, Hotline, Region, RegionLevel

DATA = Path(__file__).parents[1] / "data"


@transaction()
def load_regions(folder: Path = DATA) -> None:
    """Reads regions.csv and agencies.csv. A region follows the file until staff edit it; an office that exists stays as it is.

    May be run again at any time.
    """
    _load_rows(_rows(folder / "regions.csv"))
    known = set(db.session.scalars(select(Agency.slug)))
    for position, row in enumerate(_rows(folder / "agencies.csv")):
        if row["slug"] not in known:
            db.session.add(_agency(row, position))


def shipped_regions() -> list[dict[str, str]]:
    """The rows of the release's regions.csv."""
    return list(_rows(DATA / "regions.csv"))


def shipped_cities() -> list[dict[str, str]]:
    """The cities among these rows that have insured regions; other cities are listed only because neighbours refer to them."""
    rows = shipped_regions()
    with_regions = {row["parent_code"] for row in rows if row["is_insured_region"] == "1"}
    return [row for row in rows if row["level"] == RegionLevel.city.value and row["code"] in with_regions]


@transaction()
def load_shipped_regions(cities: Collection[str]) -> None:
    """Loads these cities of the release's list, the regions above and below them, and the province's own pool; no offices."""
    rows = {row["code"]: row for row in shipped_regions()}
    chosen = set(cities)
    provinces = {rows[code]["parent_code"] for code in chosen}
    pools = {c for c, r in rows.items() if r["parent_code"] in provinces and r["level"] == RegionLevel.pool.value}
    below = {c for c, r in rows.items() if r["parent_code"] in chosen}
    wanted = chosen | provinces | pools | below
    _load_rows(row for code, row in rows.items() if code in wanted)


def _load_rows(rows: Iterable[dict[str, str]]) -> None:
    """Loads rows in the order of the file, where every region comes after the one above it."""
    known = {region.code: region for region in db.session.scalars(select(Region))}
    for row in rows:
        region = known.get(row["code"])
        if region is None:
            db.session.add(Region(code=row["code"], **_values(row)))
        elif region.edited_at is None:
            for name, value in _values(row).items():
                setattr(region, name, value)
    db.session.flush()


def _values(row: dict[str, str]) -> dict[str, Any]:
    return {
        "name": row["name"],
        "level": RegionLevel(row["level"]),
        "parent_code": row["parent_code"] or None,
        "is_insured_region": row["is_insured_region"] == "1",
    }


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
