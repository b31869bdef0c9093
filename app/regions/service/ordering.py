"""The order the bureau gives its offices, and each office its numbers: `position`, counted from 0."""

from typing import Any


def move_row(rows: list[Any], row: Any, *, up: bool) -> int | None:
    """One place up or down in this list, which is then numbered anew. Its new place; None at the end of the list or outside it."""
    place = rows.index(row) if row in rows else None
    other = None if place is None else place + (-1 if up else 1)
    if place is None or other is None or not 0 <= other < len(rows):
        return None
    ordered = list(rows)
    ordered[place], ordered[other] = ordered[other], ordered[place]
    for position, each in enumerate(ordered):
        each.position = position
    return other
