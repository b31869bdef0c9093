"""审核: how long decisions took in working hours, compared with the promise."""

from collections import Counter

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from app.core.settings import settings
from app.figures.boards.parts import Board, Chart, Row, Stat, number, over_time, share, stat_of
from app.figures.charts import Point, draw_bars, draw_columns
from app.figures.models import Figure
from app.figures.queries import Counts
from app.figures.review_times import quantile

DAYS = (Figure.decided,)
KEYS = (Figure.decided, Figure.in_time, Figure.working_time)

OUTCOMES = {"approved": _l("通过"), "returned": _l("退回补正"), "rejected": _l("不予通过")}
_HOURS_BEYOND = 6  # fixed: columns after the promise; the last holds all that took longer


def build_reviews(counts: Counts) -> Board:
    waiting, late = counts.stands(Figure.waiting), counts.stands(Figure.late)
    stats = (
        *promise_stats(counts),
        stat_of(counts, _("办完"), Figure.decided),
        Stat(_("现在等着"), number(waiting), (_("已经超时 %(count)s 件", count=number(late)),), is_late=late > 0),
    )
    return Board(
        stats,
        (
            _hours(counts),
            _outcomes(counts),
            over_time(counts, "decided", _("办完的件"), Figure.decided, _("件")),
        ),
    )


def promise_stats(counts: Counts) -> tuple[Stat, ...]:
    """The share decided in time, the median and the 95% quantile, each with its value in the span before."""
    times, former = _times(counts.keys_of(Figure.working_time)), _times(counts.former_keys_of(Figure.working_time))
    in_time, timed = sum(counts.keys_of(Figure.in_time).values()), sum(times.values())
    was_in_time = sum(counts.former_keys_of(Figure.in_time).values())
    promise = _("承诺 %(hours)d 个工作小时", hours=settings.review_promise_hours)
    return (
        Stat(
            _("按时办完"),
            share(in_time, timed),
            (promise, _was(counts, share(was_in_time, sum(former.values())))),
            _is_late(in_time, timed),
        ),
        Stat(_("一半的件"), _within(quantile(times, 0.5)), (_was(counts, _within(quantile(former, 0.5))),)),
        Stat(_("95% 的件"), _within(quantile(times, 0.95)), (_was(counts, _within(quantile(former, 0.95))),)),
    )


def _is_late(in_time: int, timed: int) -> bool:
    return timed > 0 and in_time < 0.95 * timed


def _was(counts: Counts, text: str) -> str:
    if not counts.coverage.covers(counts.span.former):
        return str(_("再往前没有统计，还不能比较"))
    return str(_("前 %(days)d 天：%(text)s", days=counts.span.days, text=text))


def _within(minutes: int | None) -> str:
    return "—" if minutes is None else str(_("%(hours)s 小时内", hours=f"{minutes / 60:g}"))


def _times(keys: dict[str, int], outcome: str = "") -> Counter[int]:
    """Maps the upper edge of a bin, in minutes, to its count. keys: such as `approved:90`."""
    found: Counter[int] = Counter()
    for key, value in keys.items():
        name, _colon, edge = key.partition(":")
        if outcome in ("", name):
            found[int(edge)] += value
    return found


def _hours(counts: Counts) -> Chart:
    times = _times(counts.keys_of(Figure.working_time))
    promised = settings.review_promise_hours
    most = promised + _HOURS_BEYOND
    by_hour: Counter[int] = Counter()
    for edge, value in times.items():
        by_hour[min(most, -(-edge // 60))] += value
    points = [Point(str(hour), by_hour[hour], "late" if hour > promised else "whole") for hour in range(1, most)]
    points.append(Point(_("%(hour)d 起", hour=most), by_hour[most], "late"))
    total, late = sum(by_hour.values()), sum(value for hour, value in by_hour.items() if hour > promised)
    about = _("这段时间没有办完的件。")
    if total:
        about = _(
            "%(total)s 件里有 %(late)s 件超过承诺的 %(hours)d 个工作小时。", total=number(total), late=number(late), hours=promised
        )
    rows: list[Row] = [
        (f"{'≥ ' if point is points[-1] else ''}{hour}", point.value, share(point.value, total))
        for hour, point in enumerate(points, 1)
    ]
    return Chart(
        "hours",
        _("从交来到办完，用了几个工作小时"),
        about,
        "columns",
        draw_columns(points, mark_after=promised, mark_text=_("承诺 %(hours)d 小时", hours=promised)) if total else None,
        (_("工作小时"), _("件数"), _("占比")),
        tuple(rows),
        note=_("虚线右边、空心的是超过承诺的。") if late else "",
    )


def _outcomes(counts: Counts) -> Chart:
    decided, in_time, times = (counts.keys_of(figure) for figure in (Figure.decided, Figure.in_time, Figure.working_time))
    rows: list[Row] = []
    bars = []
    total = sum(decided.values())
    for key, label in OUTCOMES.items():
        timed = _times(times, key)
        count = decided.get(key, 0)
        rows.append(
            (
                str(label),
                count,
                share(in_time.get(key, 0), sum(timed.values())),
                _within(quantile(timed, 0.5)),
                _within(quantile(timed, 0.95)),
            )
        )
        bars.append((str(label), count, f"{number(count)} · {share(count, total)}"))
    return Chart(
        "outcomes",
        _("结果"),
        _("通过、退回补正和不予通过各多少，各用了多久。") if total else _("这段时间没有办完的件。"),
        "bars",
        draw_bars(bars) if total else None,
        (_("结果"), _("件数"), _("按时"), _("一半的件"), _("95% 的件")),
        tuple(rows),
    )
