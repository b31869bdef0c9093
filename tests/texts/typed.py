"""The list of texts that people type and paste, read once."""

import csv
from pathlib import Path
from typing import NamedTuple


class Typed(NamedTuple):
    kind: str
    typed: str
    right: str  # what it is; of a name the same one written otherwise
    about: str
    named: str | None  # what the refusal must name; None where it is taken


def cases(kind: str) -> list[Typed]:
    return [case for case in _CASES if case.kind == kind]


def _read() -> list[Typed]:
    with (Path(__file__).parent / "cases" / "typed.tsv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE))
    read = []
    for row in rows:
        typed, right = (row[column].encode().decode("unicode_escape") for column in ("typed", "right"))
        read.append(Typed(row["kind"], typed, right, row["about"], right[1:] if right.startswith("!") else None))
    return read


_CASES = _read()
