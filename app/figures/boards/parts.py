"""The parts of a page of figures: a few numbers that matter, and charts, each with its table."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal

from flask_babel import gettext as _

from app.core import clock
from app.figures.charts import Bars, Columns, Line, Point, draw_bars, draw_columns
from app.figures.models import Figure
from app.figures.periods import Bin, Span, bins_of
from app.figures.queries import Counts

Cell = str | int
Row = tuple[Cell, ...]


@dataclass(frozen=True)
class Stat:
    """text: the number as shown. notes: short sentences beneath it. is_late: the page marks it as needing attention."""

    label: str
    text: str
    notes: tuple[str, ...] = ()
    is_late: bool = False


@dataclass(frozen=True)
class Chart:
    """about: one sentence that describes the chart, also for a screen reader. drawing: None if nothing was counted."""

    id: str
    title: str
    about: str
    kind: Literal["columns", "bars", "line"]
    drawing: Columns | Bars | Line | None
    header: tuple[str, ...]
    rows: tuple[Row, ...]
    note: str = ""


@dataclass(frozen=True)
class Board:
    stats: tuple[Stat, ...]
    charts: tuple[Chart, ...]


def number(value: int) -> str:
    return f"{value:,}"


def share(part: int, whole: int) -> str:
    """Such as 12.3%; a dash if the whole is 0. A part that is not the whole is at most 99.9%."""
    if not whole:
        return "—"
    percent = 100 * part / whole
    return f"{min(percent, 99.9) if part < whole else percent:.1f}".removesuffix(".0") + "%"


def compare(counts: Counts, of_span: Callable[[Span], int]) -> str:
    """A sentence that compares the span with the one before it."""
    span = counts.span
    if not counts.coverage.covers(span.former):
        return str(_("再往前没有统计，还不能比较"))
    now, former = of_span(span), of_span(span.former)
    if not former:
        return str(_("前 %(days)d 天没有", days=span.days))
    change = round(100 * (now - former) / former)
    if change == 0:
        return str(_("和前 %(days)d 天差不多（%(former)s）", days=span.days, former=number(former)))
    if change > 0:
        return str(_("比前 %(days)d 天多 %(change)d%%（%(former)s）", days=span.days, change=change, former=number(former)))
    return str(_("比前 %(days)d 天少 %(change)d%%（%(former)s）", days=span.days, change=-change, former=number(former)))


def stat_of(counts: Counts, label: str, figure: Figure, *notes: str) -> Stat:
    """The figure's total in the span, compared with the span before."""
    return Stat(label, number(counts.total(figure)), (*notes, compare(counts, lambda span: counts.total(figure, span))))


def over_time(counts: Counts, id: str, title: str, figure: Figure, unit: str, *more: tuple[str, Figure]) -> Chart:
    """A chart with one column per day, week or month, and a table with one row per day. more: the table's further columns."""
    bins = [held for held in bins_of(counts.span, clock.today()) if held.last >= counts.coverage.first]
    points = [Point(_name_of(held), sum(counts.on(figure, day) for day in held.days), _kind_of(held)) for held in bins]
    total = sum(point.value for point in points)
    peak = max(points, key=lambda point: point.value, default=None)
    about = _("这段时间没有。")
    if total and peak is not None:
        about = _(
            "一共 %(total)s %(unit)s，最多的是 %(peak)s。",
            total=number(total),
            unit=unit,
            peak=_long_name_of(bins[points.index(peak)]),
        )
    days = [day for day in counts.span if day >= counts.coverage.first]
    columns = (figure, *(other for _heading, other in more))
    rows: list[Row] = [(day.isoformat(), *(counts.on(column, day) for column in columns)) for day in reversed(days)]
    return Chart(
        id,
        title,
        about,
        "columns",
        draw_columns(points) if total else None,
        (_("日期"), title, *(heading for heading, _figure in more)),
        tuple(rows),
        note=_("空心的一格还没有满。") if any(held.is_partial for held in bins) and total else "",
    )


def ranked(
    id: str, title: str, heading: str, rows: Sequence[tuple[str, int]], unit: str, *, shown: int = 12, none: str = ""
) -> Chart:
    """One bar per row, in the order given, with its share; the table has all rows. none: the sentence shown if all are 0."""
    total = sum(value for _name, value in rows)
    bars = [(name, value, f"{number(value)} · {share(value, total)}") for name, value in rows[:shown] if value]
    about = none or _("这段时间没有。")
    if total:
        about = _(
            "一共 %(total)s %(unit)s，最多的是“%(name)s”。",
            total=number(total),
            unit=unit,
            name=max(rows, key=lambda row: row[1])[0],
        )
    return Chart(
        id,
        title,
        about,
        "bars",
        draw_bars(bars) if bars else None,
        (heading, _("数量"), _("占比")),
        tuple((name, value, share(value, total)) for name, value in rows),
        note=_("图上是前 %(shown)d 项，表里是全部。", shown=shown) if len(rows) > shown else "",
    )


def _kind_of(held: Bin) -> Literal["whole", "partial"]:
    return "partial" if held.is_partial else "whole"


def _name_of(held: Bin) -> str:
    """11/22, or 11 月 if a column is a month. Short, because a phone shows eight names side by side."""
    if len(held.days) > 7:
        return str(_("%(month)d 月", month=held.first.month))
    return f"{held.first.month}/{held.first.day}"


def _long_name_of(held: Bin) -> str:
    first, last = held.first, held.last
    if first == last:
        return str(_("%(month)d 月 %(day)d 日", month=first.month, day=first.day))
    return str(_("%(a)d 月 %(b)d 日到 %(c)d 月 %(d)d 日", a=first.month, b=first.day, c=last.month, d=last.day))
