"""Tables that people open in a spreadsheet, which must not run anything in a cell (OWASP, CSV injection) or change anything."""

import csv
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

_RUNS = tuple("=+-@\t\r\n＝＋－＠")
_SHOWN_DIGITS = 11  # a spreadsheet shows longer numbers as 3.85E+17, and loses digits after the fifteenth
# What it would change: a number, by dropping leading zeros or adding some at the end, and what looks like a day: 0123, 12E4, 3-4.
_CHANGED = re.compile(rf"(?:[0-9]{{{_SHOWN_DIGITS + 1},}}|0[0-9]+|[0-9]+(?:\.[0-9]+)?[Ee][0-9]+|[0-9]{{1,2}}[-/][0-9]{{1,2}})\Z")


def write_csv(path: Path, header: Sequence[object], rows: Iterable[Sequence[object]]) -> int:
    """UTF-8 with the byte order mark that Excel needs to read Chinese. Returns how many rows were written, without the header.

    Text that a spreadsheet would run or change, and numbers too long for it, get a leading `'`, which marks them as text. Other
    numbers stay numbers; None is an empty cell.
    """
    count = 0
    with open_csv(path, header) as add:
        for row in rows:
            add(row)
            count += 1
    return count


@contextmanager
def open_csv(path: Path, header: Sequence[object]) -> Iterator[Callable[[Sequence[object]], None]]:
    """As `write_csv`, for rows that come one by one: yields the function that adds one."""
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        table = csv.writer(file)

        def add(row: Sequence[object]) -> None:
            table.writerow([as_cell(value) for value in row])

        add(header)
        yield add


def as_cell(value: object) -> object:
    """What is written into a cell for this value."""
    if value is None:
        return ""
    if isinstance(value, int | float) and not isinstance(value, bool) and abs(value) < 10**_SHOWN_DIGITS:
        return value
    text = str(value)
    begin = text.lstrip(" \u3000")
    return f"'{text}" if begin.startswith(_RUNS) or text.startswith(_RUNS) or _CHANGED.match(begin.rstrip()) else text
