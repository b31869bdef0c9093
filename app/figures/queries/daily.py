"""A page's numbers, read from the daily table with a fixed number of statements, however much happened."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, func, select

from app.core.db import db
from app.figures.models import MORNING, NOW, CountedDay, DailyFigure, Figure
from app.figures.periods import Span
from app.figures.review_times import unpack_spread
from app.institutions.models import Institution
from app.regions.models import Region

LISTED = 50  # so many institutions are named; the others are summed


@dataclass(frozen=True)
class Coverage:
    """The days that are counted, as of when, and the regions that have insured persons."""

    first: date
    last: date
    as_of: datetime
    regions: frozenset[str]

    def covers(self, span: Span) -> bool:
        return self.first <= span.first


@dataclass(frozen=True)
class Counts:
    """The numbers of a span and of the one before it; what was not counted is 0. `standing` is as of the last counted day."""

    span: Span
    coverage: Coverage
    sees_all: bool
    by_day: dict[tuple[str, date], int] = field(default_factory=dict)  # both spans
    by_key: dict[tuple[str, str], int] = field(default_factory=dict)
    former_by_key: dict[tuple[str, str], int] = field(default_factory=dict)
    by_region: dict[tuple[str, str], int] = field(default_factory=dict)
    standing: dict[tuple[str, str, str], int] = field(default_factory=dict)  # (figure, region, key)
    names: dict[str, str] = field(default_factory=dict)  # of regions
    institutions: dict[str, str] = field(default_factory=dict)  # names of the busiest, by id

    def on(self, figure: Figure, day: date) -> int:
        return self.by_day.get((figure.value, day), 0)

    def total(self, figure: Figure, span: Span | None = None) -> int:
        return sum(self.on(figure, day) for day in span or self.span)

    def keys_of(self, figure: Figure) -> dict[str, int]:
        """Maps each key to its count in the span, the largest first."""
        found = {key: value for (name, key), value in self.by_key.items() if name == figure.value}
        return dict(sorted(found.items(), key=lambda item: (-item[1], item[0])))

    def former_keys_of(self, figure: Figure) -> dict[str, int]:
        return {key: value for (name, key), value in self.former_by_key.items() if name == figure.value}

    def stands(self, figure: Figure, key: str | None = None, region: str | None = None) -> int:
        return sum(
            value
            for (name, code, held), value in self.standing.items()
            if name == figure.value and key in (None, held) and region in (None, code)
        )


def find_coverage() -> Coverage | None:
    """The coverage of the daily table; None if nothing was counted yet."""
    first, last = db.session.execute(select(func.min(CountedDay.day), func.max(CountedDay.day))).one()
    if last is None:
        return None
    as_of = db.session.execute(select(CountedDay.counted_at).where(CountedDay.day == last)).scalar_one()
    insured = select(DailyFigure.region).where(DailyFigure.figure == Figure.insured.value, DailyFigure.day == last)
    return Coverage(first, last, as_of, frozenset(db.session.scalars(insured)))


def load_counts(
    coverage: Coverage,
    span: Span,
    regions: Collection[str],
    *,
    days: Collection[Figure] = (),
    keys: Collection[Figure] = (),
    by_region: Collection[Figure] = (),
    with_institutions: bool = False,
) -> Counts:
    """The counts of these regions. If they include every region with insured persons, counts without a region are included too."""
    sees_all = bool(coverage.regions) and coverage.regions <= frozenset(regions)
    own = [] if sees_all else [DailyFigure.region.in_(sorted(regions))]
    table, total = DailyFigure, func.sum(DailyFigure.value)
    both = Span(span.former.first, span.last)
    summed = [figure for figure in keys if figure is not Figure.working_time]
    of_days = select(table.figure, table.day, total).where(*_in(days, both), *own).group_by(table.figure, table.day)
    of_keys = select(table.figure, table.key, total).where(*own).group_by(table.figure, table.key)
    of_regions = select(table.figure, table.region, total).where(*_in(by_region, span), *own)
    standing = select(table.figure, table.region, table.key, table.value).where(
        table.day == coverage.last, table.figure.in_([figure.value for figure in (*NOW, *MORNING)]), *own
    )
    counts = Counts(
        span,
        coverage,
        sees_all,
        by_day=_pairs(of_days) if days else {},
        by_key=_pairs(of_keys.where(*_in(summed, span))) if summed else {},
        former_by_key=_pairs(of_keys.where(*_in(summed, span.former))) if summed else {},
        by_region=_pairs(of_regions.group_by(table.figure, table.region)) if by_region else {},
        standing={(name, region, key): value for name, region, key, value in db.session.execute(standing)},
        names=dict(_rows(select(Region.code, Region.name))),
    )
    if Figure.working_time in keys:
        _add_working_times(counts, both, own)
    if with_institutions:
        busiest = list(counts.keys_of(Figure.scan))[:LISTED] + list(counts.keys_of(Figure.scan_refused))[:LISTED]
        counts.institutions.update(_names_of(busiest))
    return counts


def _add_working_times(counts: Counts, both: Span, own: Sequence[ColumnElement[bool]]) -> None:
    """Sums the working times, which are stored packed, one spread per day."""
    table, figure = DailyFigure, Figure.working_time
    spreads = select(table.day, table.key, table.spread).where(*_in([figure], both), *own)
    for day, outcome, spread in db.session.execute(spreads):
        into = counts.by_key if day >= counts.span.first else counts.former_by_key
        for key, value in unpack_spread(outcome, spread).items():
            into[figure.value, key] = into.get((figure.value, key), 0) + value


def _names_of(institutions: Iterable[str]) -> dict[str, str]:
    numbers = sorted({int(number) for number in institutions})
    return {
        str(number): name for number, name in _rows(select(Institution.id, Institution.name).where(Institution.id.in_(numbers)))
    }


def _in(figures: Collection[Figure], span: Span) -> tuple[ColumnElement[bool], ...]:
    return (DailyFigure.figure.in_([figure.value for figure in figures]), DailyFigure.day.between(span.first, span.last))


def _pairs(query: Any) -> dict[tuple[str, Any], int]:
    return {(name, other): int(value) for name, other, value in db.session.execute(query)}


def _rows(query: Any) -> list[Any]:
    return [tuple(row) for row in db.session.execute(query)]
