"""Where a roster comes from: a plug-in, by default a file.

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
    """A stream of rows that is read once. Nothing of a person may stand in `title`, which is kept in the list of imports."""

    title: str
    size: int  # of whatever `position` counts (bytes, rows); 0 when unknown

    @property
    def position(self) -> int: ...

    def columns(self) -> list[str]:
        """The keys rows have, as the source writes them. Raises SourceRefused."""

    def rows(self) -> Iterator[tuple[int, Mapping[str, object]]]:
        """(line number as a person counts, cells by column; under `""` whatever stands in no column).

        Raises SourceRefused when the rest cannot be read.
        """

    def close(self) -> None: ...


class SourceFactory(Protocol):
    def __call__(self, settings: Settings, location: str, encoding: str, /) -> RosterSource:
        """location: a file, or empty for what the settings name. encoding: empty to find out."""


class SourceRefused(DomainError):
    """The source as a whole cannot be read; nothing of it is imported."""

    def __init__(self, what: str, next: str = "") -> None:
        super().__init__("roster_source_refused", what, next or str(_("名册没有任何改动。请改好后重新导入。")))


@dataclass(frozen=True)
class Facts:
    """What was found out about a source and is shown before anything of it is applied. Nothing of a person stands here.

    encoding: of a text file, in capitals. sheet: the one of a workbook that is read; unread_sheets: visible ones beside it.
    hidden_rows: rows read that are hidden there, known when all are read.
    """

    encoding: str = ""
    sheet: str = ""
    unread_sheets: int = 0
    hidden_rows: int = 0

    def with_hidden_rows(self, count: int) -> "Facts":
        return replace(self, hidden_rows=count)


def facts_of(source: RosterSource) -> Facts:
    """Sources of other packages may have none."""
    found = getattr(source, "facts", None)
    return found if isinstance(found, Facts) else Facts()


def is_blank(cell: object) -> bool:
    """Whether nobody sees anything in it: blanks, and what is only there for programs (a mark of order, the end of a DOS file)."""
    if cell is None or cell == "":
        return True
    if type(cell) is not str:
        return False
    return cell.isspace() or all(char.isspace() or char in "\0\x1a" or unicodedata.category(char) == "Cf" for char in cell)


def cells_by_column(header: Sequence[str], cells: Sequence[object]) -> dict[str, object]:
    """Under `""`, when something stands where no column is: true."""
    row = dict(zip(header, cells, strict=False))
    stray = [cell for name, cell in zip(header, cells, strict=False) if not name] if "" in row else []
    row.pop("", None)
    if not all(map(is_blank, [*stray, *cells[len(header) :]])):
        row[""] = True
    return row
