"""The order of the bureau's offices, and of the numbers of an office: `position`, counted from 0."""

from typing import Any


def move_row(rows: list[Any], row: Any, *, up: bool) -> int | None:
    """Moves a row one place up or down and renumbers the list. Returns its new place; None at an end or if it is not listed."""
    place = rows.index(row) if row in rows else None
    other = None if place is None else place + (-1 if up else 1)
    if place is None or other is None or not 0 <= other < len(rows):
        return None
    ordered = list(rows)
    ordered[place], ordered[other] = ordered[other], ordered[place]
    for position, each in enumerate(ordered):
        each.position = position
    return other
