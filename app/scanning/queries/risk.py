"""Past scans for a dry run of the risk rules: one day at a time, counted by the database, so that millions of rows stay there.

The rules are written here a second time, in SQL; tests compare them with `policy.list_hits` on the same scans.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Select, String, and_, case, exists, false, func, literal, select, type_coerce
from sqlalchemy.orm import aliased

from app.core import clock
from app.core.db import UtcDateTime, db
from app.core.ids import IDS_A_MINUTE
from app.credentials.models import Presentation, UseDenial
from app.institutions.business_types import PAYING
from app.institutions.models import Institution, InstitutionKind
from app.scanning.models import Scan
from app.scanning.policy import RULE_NAMES, RiskRules

_DAY = timedelta(days=1)  # fixed: the rules count by the day
_SLACK = timedelta(minutes=5)  # fixed: ids follow the machine's clock, `created_at` follows `clock.now`
_EARLIER, _PLACE = aliased(Scan), aliased(Institution)


@dataclass(frozen=True, slots=True)
class Cell:
    """A number of accepted scans of one day that are alike in everything a dry run distinguishes."""

    day: date
    kind: InstitutionKind
    is_paying: bool
    can_ask: bool
    is_denied: bool
    hits: tuple[str, ...]
    count: int


def count_day(day: date, rules: RiskRules) -> list[Cell]:
    """day: in China. Returns at most a few dozen cells, whatever the number of scans."""
    begin = clock.midnight(day)
    ids = _ids_between(begin - _SLACK, begin + _DAY + _SLACK)
    if ids is None:
        return []
    span = (Scan.id >= ids[0], Scan.id < ids[1], Scan.created_at >= begin, Scan.created_at < begin + _DAY)
    each = _judged(rules, begin).where(*span).subquery()
    columns = list(each.c)
    rows = db.session.execute(select(*columns, func.count()).group_by(*columns)).all()
    db.session.rollback()  # so that a long run holds no snapshot open
    return [
        Cell(
            day,
            InstitutionKind(row[0]),
            bool(row[1]),
            bool(row[2]),
            bool(row[3]),
            tuple(name for name, is_hit in zip(RULE_NAMES, row[4:-1], strict=True) if is_hit),
            row[-1],
        )
        for row in rows
    ]


def days_back(days: int, now: datetime) -> Iterator[date]:
    """Today and the days before it, `days` in all, today first."""
    today = clock.local(now).date()
    return (today - timedelta(days=number) for number in range(days))


def _judged(rules: RiskRules, begin: datetime) -> Select[Any]:
    """What a dry run distinguishes about each accepted scan: kind, is_paying, can_ask, is_denied, and whether each rule hits."""
    is_paying = Scan.business_type.in_(sorted(PAYING))
    flags = [
        case((is_paying, rule), else_=false()).label(name) for name, rule in zip(RULE_NAMES, _rules(rules, begin), strict=True)
    ]
    return (
        select(
            Institution.kind.label("kind"),
            is_paying.label("is_paying"),
            Institution.supports_challenge.label("can_ask"),
            UseDenial.id.is_not(None).label("is_denied"),
            *flags,
        )
        .select_from(Scan)
        .join(Institution, Institution.id == Scan.institution_id)
        .outerjoin(UseDenial, UseDenial.scan_id == Scan.id)
        .outerjoin(Presentation, Presentation.handle == Scan.handle)
        .where(Scan.outcome == 0, Scan.credential_id.is_not(None), Institution.is_sandbox.is_(False))
    )


def _rules(rules: RiskRules, begin: datetime) -> Iterator[ColumnElement[bool]]:
    """One condition per rule, in the order of RULE_NAMES; a rule that is off is never true and costs nothing."""
    before = and_(_EARLIER.credential_id == Scan.credential_id, _EARLIER.created_at < Scan.created_at, _EARLIER.outcome == 0)
    yield ~exists().where(before, _EARLIER.institution_id == Scan.institution_id) if rules.first_use else false()
    if rules.other_city_minutes:
        span = min(rules.other_city_minutes, 24 * 60)  # the rules look back one day
        yield exists().where(
            before,
            _EARLIER.created_at > _minutes_before(Scan.created_at, span),
            _PLACE.id == _EARLIER.institution_id,
            func.substr(_PLACE.region_code, 1, 4) != func.substr(Institution.region_code, 1, 4),
        )
    else:
        yield false()
    if rules.pharmacies_a_day:
        others = (
            select(func.count(_EARLIER.institution_id.distinct()))
            .join(_PLACE, _PLACE.id == _EARLIER.institution_id)
            .where(
                before,
                _EARLIER.created_at >= begin,
                _EARLIER.institution_id != Scan.institution_id,
                _PLACE.kind == InstitutionKind.pharmacy,
            )
            .correlate(Scan)
            .scalar_subquery()
        )
        yield case((Institution.kind == InstitutionKind.pharmacy, others + 1 > rules.pharmacies_a_day), else_=false())
    else:
        yield false()
    if rules.new_device_hours:
        yield func.coalesce(Presentation.created_at > _minutes_before(Scan.created_at, rules.new_device_hours * 60), false())
    else:
        yield false()


def _minutes_before(moment: Any, minutes: int) -> ColumnElement[Any]:
    """SQLite stores moments as text whose first nineteen characters are whole seconds; the rest is appended again."""
    if db.engine.dialect.name == "postgresql":
        return type_coerce(moment - literal(timedelta(minutes=minutes)), UtcDateTime())
    text = type_coerce(moment, String())
    return type_coerce(func.datetime(text, f"-{minutes} minutes").concat(func.substr(text, 20)), UtcDateTime())


def _ids_between(begin: datetime, end: datetime) -> tuple[int, int] | None:
    """The first id, and the one after the last, of the scans between those moments, to within a minute.

    Uses only the primary key, so that the scan table needs no further index. None when there are no scans.
    """
    # Two subqueries, because SQLite uses the index for min and max only when each is selected alone.
    least, most = select(func.min(Scan.id)).scalar_subquery(), select(func.max(Scan.id)).scalar_subquery()
    low, high = db.session.execute(select(least, most)).one()
    return None if low is None else (_narrow(begin, low, high + 1)[0], _narrow(end, low, high + 1)[1])


def _narrow(moment: datetime, low: int, high: int) -> tuple[int, int]:
    """Halves the range of ids until a minute of them is left: scans with an id below it are older than the moment, scans with an id
    beyond it are not, because ids grow with time. About twenty reads for a year."""
    while high - low > IDS_A_MINUTE:
        middle = (low + high) // 2
        row = db.session.execute(select(Scan.id, Scan.created_at).where(Scan.id >= middle).order_by(Scan.id).limit(1)).first()
        if row is None or row.created_at >= moment:
            high = middle
        else:
            low = row.id + 1
    return low, high
