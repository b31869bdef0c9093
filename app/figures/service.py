"""Counting whole days. Each day is read first and then written in one short transaction, so that nobody waits for it."""

from collections.abc import Callable, Iterator, Sequence
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import delete, insert, select

from app.core import audit, clock
from app.core.db import db, transaction, upsert
from app.core.hooks import Hook
from app.core.logs import log
from app.core.statements import write
from app.figures import queries
from app.figures.audit_tags import FigureTag
from app.figures.models import MORNING, NOW, OF_A_DAY, CountedDay, DailyFigure, Figure
from app.figures.periods import Span
from app.figures.queries import Tally
from app.figures.review_times import pack_spreads, unpack_spread

CATCH_UP_DAYS = 31  # fixed: what one run counts at most; the next goes on

provide_call_tags: Hook[[], Sequence[StrEnum]] = Hook(
    "figures.provide_call_tags", "Which acts are calls at the hotline, counted under the word after the colon of their tag?"
)


def count_due() -> int:
    """Counts missed days, then yesterday and today again, because rows may be committed late. Returns how many days."""
    today = clock.today()
    last = db.session.scalar(select(CountedDay.day).order_by(CountedDay.day.desc()).limit(1))
    known = last if last is not None else queries.first_day_of_log()
    first = min(known or today, today - timedelta(days=1) if last is not None else today)
    return count_days(first, min(today, first + timedelta(days=CATCH_UP_DAYS)))


def count_days(first: date, last: date, *, on_day: Callable[[date], None] | None = None) -> int:
    """Counts these days again, oldest first, and returns how many. on_day: called after each. Counting twice changes nothing.

    Figures of the present state are written only for today; those of the morning only for the last of these days, once.
    """
    span = Span(first, last)
    for day in span:
        _count_day(day, is_last=day == last)
        if on_day is not None:
            on_day(day)
    return span.days


@transaction()
def note_export(actor: str, page: str, chart: str, days: int) -> None:
    """Audits that a member downloaded a table."""
    audit.record(FigureTag.exported, actor=actor, subject=f"figures:{page}", chart=chart, days=days)


def _count_day(day: date, *, is_last: bool) -> None:
    db.session.rollback()  # so that what is read from here on is no older than `as_of`
    as_of = clock.now()
    calls = {tag.value: tag.value.partition(":")[2][:32] for tags in provide_call_tags() for tag in tags}
    tally, replaced = queries.tally_day(day, calls), set(OF_A_DAY)
    if day == clock.today():
        tally += queries.tally_now()
        replaced |= set(NOW)
    if is_last and not _has_morning(day):
        tally += queries.tally_morning(day)
        replaced |= set(MORNING)
    if not _write(day, as_of, tally, replaced):
        log.info("figures_counted_meanwhile", day=day.isoformat())


def _has_morning(day: date) -> bool:
    rows = select(DailyFigure.value).where(DailyFigure.figure.in_([f.value for f in MORNING]), DailyFigure.day == day)
    return db.session.execute(rows.limit(1)).first() is not None


@transaction()
def _write(day: date, as_of: datetime, tally: Tally, replaced: set[Figure]) -> bool:
    """Writes a day's figures; False if another run has counted this day as of a later moment. The day's row makes runs wait."""
    claim = upsert(CountedDay).values(day=day, counted_at=as_of)
    claim = claim.on_conflict_do_update(
        index_elements=["day"], set_={"counted_at": claim.excluded.counted_at}, where=CountedDay.counted_at <= as_of
    )
    if db.session.scalar(claim.returning(CountedDay.day)) is None:
        return False
    names = [figure.value for figure in replaced]
    write(delete(DailyFigure).where(DailyFigure.figure.in_(names), DailyFigure.day == day))
    rows = [*_plain_rows(tally), *_spread_rows(tally)]
    if rows:
        db.session.execute(insert(DailyFigure), [{"day": day, **row} for row in rows])
    return True


def _plain_rows(tally: Tally) -> Iterator[dict[str, Any]]:
    for (figure, region, key), value in sorted(tally.items()):
        if figure is not Figure.working_time:
            yield {"figure": figure.value, "region": region, "key": key, "value": value, "spread": ""}


def _spread_rows(tally: Tally) -> Iterator[dict[str, Any]]:
    timed: dict[str, dict[str, int]] = {}
    for (figure, region, key), value in sorted(tally.items()):
        if figure is Figure.working_time:
            timed.setdefault(region, {})[key] = value
    for region, counts in timed.items():
        for outcome, spread in pack_spreads(counts).items():
            total = sum(unpack_spread(outcome, spread).values())
            yield {"figure": Figure.working_time.value, "region": region, "key": outcome, "value": total, "spread": spread}
