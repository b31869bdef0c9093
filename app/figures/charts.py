"""The geometry of charts. Pure. Lengths are in percent of the width, or in em, so that a chart grows with its font.

Drawn by `components/chart.html`. A column that is incomplete or late differs in shape and not only in colour.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from flask_babel import gettext as _

Kind = Literal["whole", "partial", "late"]
PLOT_TOP, PLOT_HEIGHT = 2.0, 9.0  # em: room for a number above the highest column
BAR_ROW = 3.3  # em: the name, the bar beneath it
LONGEST_BAR = 56.0  # fixed: percent: the number stands behind it
_NAMES_AT_MOST = 8  # fixed: under a chart on a phone
_WIDE_COLUMNS = 14  # more of them need the narrow letters
_CHARS_IN_A_ROW = 46
_NAME_CHARS = 17


@dataclass(frozen=True)
class Point:
    """name: the text beneath the column. kind: partial if its days are not over, late if it counts late decisions, else whole."""

    name: str
    value: int
    kind: Kind = "whole"


@dataclass(frozen=True)
class Tick:
    text: str
    y: float  # em


@dataclass(frozen=True)
class Column:
    """x, width, y, height: percent of the plot. middle: percent, label_y: em."""

    name: str
    value: int
    kind: Kind
    x: float
    width: float
    y: float
    height: float
    middle: float
    label_y: float
    has_name: bool
    is_minor: bool  # its name is hidden on a narrow screen
    is_told: bool  # its number is shown above it on every screen


@dataclass(frozen=True)
class Columns:
    columns: tuple[Column, ...]
    ticks: tuple[Tick, ...]
    shows_all: bool  # shows all numbers if the screen is wide enough
    mark: tuple[float, str] | None = None  # where a line stands, in percent of the plot, and its meaning


@dataclass(frozen=True)
class Bar:
    """y: the row's top, in em. width: percent. text: shown after the bar."""

    name: str
    text: str
    y: float
    width: float
    track: float


@dataclass(frozen=True)
class Bars:
    bars: tuple[Bar, ...]
    height: float  # em


@dataclass(frozen=True)
class Line:
    """points: a polyline in a plot of 100 x 100. area: the same, closed along the baseline. goal_y: em, None without a goal."""

    points: str
    area: str
    ticks: tuple[Tick, ...]
    names: tuple[tuple[str, float, str], ...]  # (text, percent, anchor)
    end_text: str
    end_y: float
    goal_text: str
    goal_y: float | None


def draw_columns(points: Sequence[Point], *, mark_after: int = 0, mark_text: str = "") -> Columns:
    """Lays out columns. mark_after: a line is drawn after this many columns; none for 0."""
    top, ticks = _scale(max((point.value for point in points), default=0))
    slot = 100 / max(1, len(points))
    every = -(-len(points) // _NAMES_AT_MOST)
    told = _told(points)
    columns = []
    for number, point in enumerate(points):
        height = 100 * point.value / top
        from_end = len(points) - 1 - number
        columns.append(
            Column(
                point.name,
                point.value,
                point.kind,
                x=round(slot * (number + 0.14), 2),
                width=round(slot * 0.72, 2),
                y=round(100 - height, 2),
                height=round(height, 2),
                middle=round(slot * (number + 0.5), 2),
                label_y=round(PLOT_TOP + PLOT_HEIGHT * (1 - point.value / top) - 0.35, 2),
                has_name=from_end % every == 0,
                is_minor=from_end % (2 * every) != 0 and len(points) > _NAMES_AT_MOST // 2,
                is_told=number in told,
            )
        )
    mark = (round(slot * mark_after, 2), mark_text) if mark_after else None
    return Columns(tuple(columns), ticks, shows_all=_fits(points), mark=mark)


def draw_bars(rows: Sequence[tuple[str, int, str]], *, whole: int = 0) -> Bars:
    """Lays out bars. rows: (name, value, text after the bar). whole: the value of a full bar; 0 means the greatest value."""
    full = whole or max((value for _, value, _ in rows), default=0) or 1
    bars = [
        Bar(
            name if len(name) <= _NAME_CHARS else name[: _NAME_CHARS - 1] + "…",
            text,
            y=round(BAR_ROW * number, 2),
            width=round(max(0.4 if value else 0.0, LONGEST_BAR * min(1.0, value / full)), 2),
            track=LONGEST_BAR if whole else 0.0,
        )
        for number, (name, value, text) in enumerate(rows)
    ]
    return Bars(tuple(bars), round(BAR_ROW * len(rows), 2))


def draw_line(points: Sequence[Point], *, goal: int = 0, goal_text: str = "") -> Line:
    """Lays out a line whose axis starts at 0, so that its slope is not exaggerated. Needs at least two points."""
    top, ticks = _scale(max(goal, *(point.value for point in points)))
    step = 100 / (len(points) - 1)
    spots = [(round(step * number, 2), round(100 - 100 * point.value / top, 2)) for number, point in enumerate(points)]
    path = " ".join(f"{x},{y}" for x, y in spots)
    middle = len(points) // 2
    last = points[-1]
    names = [(points[0].name, 0.0, "start"), (points[middle].name, round(step * middle, 2), "middle"), (last.name, 100.0, "end")]
    if last is points[middle]:  # with two days each is named once
        del names[1]
    return Line(
        path,
        f"0,100 {path} 100,100",
        ticks,
        tuple(names),
        end_text=f"{last.value:,}",
        end_y=round(PLOT_TOP + PLOT_HEIGHT * (1 - last.value / top) - 0.5, 2),
        goal_text=goal_text,
        goal_y=round(PLOT_TOP + PLOT_HEIGHT * (1 - goal / top), 2) if goal else None,
    )


def short(number: int) -> str:
    """A number for an axis, such as 12.5万."""
    return _("%(count)s万", count=f"{number / 10_000:g}") if number >= 10_000 else f"{number:,}"


def _scale(most: int) -> tuple[int, tuple[Tick, ...]]:
    """A round number not below the greatest value, and ticks at 0, at half of it and at it."""
    top = 2
    for power in range(13):
        found = next((unit * 10**power for unit in (2, 4, 6, 8, 10) if unit * 10**power >= most), None)
        if found is not None:
            top = found
            break
    return top, tuple(Tick(short(value), round(PLOT_TOP + PLOT_HEIGHT * (1 - value / top), 2)) for value in (0, top // 2, top))


def _fits(points: Sequence[Point]) -> bool:
    """Whether numbers above all columns would fit without touching."""
    longest = max((len(f"{point.value:,}") for point in points), default=0)
    return len(points) * (longest + 1.5) <= _CHARS_IN_A_ROW


def _told(points: Sequence[Point]) -> set[int]:
    """The columns whose numbers are always shown: the highest, and the last if columns are wide and it is not next to that."""
    if not any(point.value for point in points):
        return set()
    peak = max(range(len(points)), key=lambda number: points[number].value)
    last = len(points) - 1
    return {peak} | ({last} if points[last].value and last - peak > 1 and len(points) <= _WIDE_COLUMNS else set())
