"""The sources of a roster: plug-ins, by default a file.

Other packages offer theirs under the entry-point group `pingzheng.roster_sources`: a callable like `SourceFactory`.
"""

import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Protocol

from flask_babel import gettext as _

from app.config import Settings
from app.core.errors import DomainError

GROUP = "pingzheng.roster_sources"


class RosterSource(Protocol):
    """A stream of rows that is read once. `title` must hold no personal data, because the list of imports keeps it."""

    title: str
    size: int  # of whatever `position` counts (bytes, rows); 0 when unknown

    @property
    def position(self) -> int: ...

    def columns(self) -> list[str]:
        """The keys of the rows, as the source writes them. Raises SourceRefused."""

    def rows(self) -> Iterator[tuple[int, Mapping[str, object]]]:
        """Pairs of a line number, counted from 1, and the cells keyed by column; cells outside every column are under `""`.

        Raises SourceRefused if the rest cannot be read.
        """

    def close(self) -> None: ...


class SourceFactory(Protocol):
    def __call__(self, settings: Settings, location: str, encoding: str, /) -> RosterSource:
        """location: a file, or empty for the source the settings name. encoding: empty means detect it."""


class SourceRefused(DomainError):
    """The source as a whole cannot be read; nothing of it is imported."""

    def __init__(self, what: str, next: str = "") -> None:
        super().__init__("roster_source_refused", what, next or str(_("名册没有任何改动。请改好后重新导入。")))


@dataclass(frozen=True)
class Facts:
    """Facts about a source, shown before it is applied. They contain no personal data.

    encoding: of a text file, in capitals. sheet: the sheet of a workbook that is read; unread_sheets: how many others are visible.
    hidden_rows: how many of the rows read are hidden in the sheet, known once all are read.
    """

    encoding: str = ""
    sheet: str = ""
    unread_sheets: int = 0
    hidden_rows: int = 0

    def with_hidden_rows(self, count: int) -> "Facts":
        return replace(self, hidden_rows=count)


def facts_of(source: RosterSource) -> Facts:
    """The source's facts; empty if a source of another package has none."""
    found = getattr(source, "facts", None)
    return found if isinstance(found, Facts) else Facts()


def is_blank(cell: object) -> bool:
    """Whether a cell looks empty: blanks, and characters meant for programs (a byte order mark, the end of a DOS file)."""
    if cell is None or cell == "":
        return True
    if type(cell) is not str:
        return False
    return cell.isspace() or all(char.isspace() or char in "\0\x1a" or unicodedata.category(char) == "Cf" for char in cell)


def cells_by_column(header: Sequence[str], cells: Sequence[object]) -> dict[str, object]:
    """The cells keyed by column. If a cell outside every column is not blank, the key `""` is True."""
    row = dict(zip(header, cells, strict=False))
    stray = [cell for name, cell in zip(header, cells, strict=False) if not name] if "" in row else []
    row.pop("", None)
    if not all(map(is_blank, [*stray, *cells[len(header) :]])):
        row[""] = True
    return row
