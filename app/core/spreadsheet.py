"""Tables that people open in a spreadsheet: nothing in a cell may run there (OWASP, CSV injection)."""

import csv
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

_RUNS = tuple("=+-@\t\r\n＝＋－＠")


def write_csv(path: Path, header: Sequence[object], rows: Iterable[Sequence[object]]) -> int:
    """UTF-8 with the mark Excel needs to read Chinese; returns how many rows were written, the header not counted.

    Text that a spreadsheet would run gets a leading `'`; numbers stay numbers, None is an empty cell.
    """
    count = 0
    with open_csv(path, header) as add:
        for row in rows:
            add(row)
            count += 1
    return count


@contextmanager
def open_csv(path: Path, header: Sequence[object]) -> Iterator[Callable[[Sequence[object]], None]]:
    """As `write_csv`, for rows that come one by one: gives the function that adds one."""
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        table = csv.writer(file)

        def add(row: Sequence[object]) -> None:
            table.writerow([as_cell(value) for value in row])

        add(header)
        yield add


def as_cell(value: object) -> object:
    """What may be written into a cell for this value."""
    if value is None:
        return ""
    if isinstance(value, int | float) and not isinstance(value, bool):
        return value
    text = str(value)
    return f"'{text}" if text.lstrip(" \u3000").startswith(_RUNS) or text.startswith(_RUNS) else text
