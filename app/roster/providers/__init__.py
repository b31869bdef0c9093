"""Where a roster comes from: a plug-in, by default a file.

Other packages offer theirs under the entry-point group `pingzheng.roster_sources`: a callable like `SourceFactory`.
"""

from collections.abc import Iterator, Mapping, Sequence
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


def cells_by_column(header: Sequence[str], cells: Sequence[object]) -> dict[str, object]:
    row = dict(zip(header, cells, strict=False))
    if len(cells) > len(header) and any(cells[len(header) :]):
        row[""] = True
    return row
