"""What a measurement is, and how two arms are compared: interleaved, median of at least seven, spread shown."""

import statistics
from collections.abc import Callable
from typing import TypedDict

ROUNDS = 7


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


def interleaved(a: Callable[[], float], b: Callable[[], float], rounds: int = ROUNDS) -> list[float]:
    """a/b of each round, the two arms taking turns at going first."""
    found = []
    for n in range(rounds):
        first, second = (a, b) if n % 2 == 0 else (b, a)
        one, two = first(), second()
        found.append(one / two if n % 2 == 0 else two / one)
    return found


def _holds(value: float, goal: str) -> bool:
    if not goal:
        return True
    sign, limit = goal.split()
    return value >= float(limit) if sign == ">=" else value <= float(limit)
