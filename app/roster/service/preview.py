"""What somebody sees of a source before anything of it is applied: how it was read, and three rows, masked."""

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
_SHORTEST_NUMBER = 8  # characters of a document number that is shown masked


@dataclass(frozen=True)
class Preview:
    """rows: (name, number, region), masked."""

    facts: Facts
    rows: tuple[tuple[str, str, str], ...]


def preview_of(facts: Facts, columns: Mapping[str, str], rows: Sequence[Mapping[str, object]]) -> Preview:
    """columns: field → key of the cell. rows: the first ones, also those that will be refused."""
    return Preview(facts, tuple(_masked(columns, row) for row in rows[:SHOWN_ROWS]))


def _masked(columns: Mapping[str, str], row: Mapping[str, object]) -> tuple[str, str, str]:
    """A number in the place of a name, or the other way round, shows no more than it would in its own."""
    name, number, region = (_text(row.get(columns.get(field, ""))) for field in ("name", "cert_no", "insured_region"))
    number, region = cells.typed(number), cells.typed(region)
    number = masked_cert(number) if len(number) >= _SHORTEST_NUMBER else masked_name(number)
    return masked_name(name), number, region if _CODE.match(region) else masked_name(region)


def _text(cell: Any) -> str:
    """On one line and no longer than a number is; what is refused later is shown as it stands."""
    with suppress(cells.BadCell):
        cell = cells.as_text(cell)
    if cell is None or isinstance(cell, dict | bool):
        return ""
    return "".join(char for char in " ".join(str(cell).split()) if char.isprintable())[:40]
