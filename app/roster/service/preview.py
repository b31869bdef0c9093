"""The preview of a source before it is applied: how it was read, and three masked rows."""

import re
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from app.core.display import masked_cert, masked_name
from app.roster import cells
from app.roster.providers import Facts

SHOWN_ROWS = 3
_CODE = re.compile(r"[0-9]{1,6}\Z")
_SHORTEST_NUMBER = 8  # characters; a shorter number is masked like a name


@dataclass(frozen=True)
class Preview:
    """rows: (name, number, region), masked."""

    facts: Facts
    rows: tuple[tuple[str, str, str], ...]


def preview_of(facts: Facts, columns: Mapping[str, str], rows: Sequence[Mapping[str, object]]) -> Preview:
    """columns: maps a field to the key of its cell. rows: the first rows, including any that will be refused."""
    return Preview(facts, tuple(_masked(columns, row) for row in rows[:SHOWN_ROWS]))


def _masked(columns: Mapping[str, str], row: Mapping[str, object]) -> tuple[str, str, str]:
    """Masks a row so that a number in the column of names, or a name in that of numbers, shows no more than in its own."""
    name, number, region = (_text(row.get(columns.get(field, ""))) for field in ("name", "cert_no", "insured_region"))
    number, region = cells.typed(number), cells.typed(region)
    number = masked_cert(number) if len(number) >= _SHORTEST_NUMBER else masked_name(number)
    return masked_name(name), number, region if _CODE.match(region) else masked_name(region)


def _text(cell: Any) -> str:
    """The cell on one line, cut to 40 characters; a cell that will be refused later is shown as it is."""
    with suppress(cells.BadCell):
        cell = cells.as_text(cell)
    if cell is None or isinstance(cell, dict | bool):
        return ""
    return "".join(char for char in " ".join(str(cell).split()) if char.isprintable())[:40]
