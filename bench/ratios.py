"""What a measurement is, and how two arms are compared: interleaved, until the rounds lie closer together than to the goal."""

import statistics
from collections.abc import Callable
from typing import TypedDict

FEWEST, MOST = 5, 15  # rounds


class Ratio(TypedDict):
    name: str
    value: float
    goal: str  # `>= 0.5`, `<= 2`, or empty where only the figure is reported
    holds: bool
    spread: str


def ratio(name: str, values: list[float], goal: str = "") -> Ratio:
    """One line of the table from the values of all rounds; `goal` is held against their median."""
    value = statistics.median(values)
    spread = f"{min(values):.3g}..{max(values):.3g}" if len(values) > 1 else ""
    return Ratio(name=name, value=round(value, 4), goal=goal, holds=_holds(value, goal), spread=spread)


def interleaved(a: Callable[[], float], b: Callable[[], float], goal: str = "") -> list[float]:
    """a/b of each round, the two arms taking turns at going first."""
    found: list[float] = []
    while not is_settled(found, goal):
        first, second = (a, b) if len(found) % 2 == 0 else (b, a)
        one, two = first(), second()
        found.append(one / two if len(found) % 2 == 0 else two / one)
    return found


def is_settled(values: list[float], goal: str) -> bool:
    """Whether there are rounds enough: the middle half of them lies closer together than their median lies to the goal."""
    if len(values) < FEWEST:
        return False
    if not goal or len(values) >= MOST:
        return True
    low, median, high = statistics.quantiles(values, n=4)
    return high - low < abs(median - float(goal.split()[1]))


def show(line: Ratio) -> None:
    verdict = "" if not line["goal"] else "holds" if line["holds"] else "SHORT"
    print(f"{line['name']:<58} {line['value']:>10.3f}  {line['goal']:<9} {verdict:<6} {line['spread']}", flush=True)


def _holds(value: float, goal: str) -> bool:
    if not goal:
        return True
    sign, limit = goal.split()
    return value >= float(limit) if sign == ">=" else value <= float(limit)
