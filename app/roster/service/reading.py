"""Reads a source into the staging tables of one run; an import and a dry run both begin so."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Any

from flask_babel import gettext as _

from app.core import clock
from app.core.crypto import vault
from app.core.flask_types import itself
from app.core.settings import settings
from app.roster.columns import LABELS, WrongColumns, match_columns
from app.roster.names import stored_fold
from app.roster.providers import RosterSource, SourceRefused, facts_of
from app.roster.queries import CERT_PURPOSE
from app.roster.rows import Problem, RosterRow, RowReader
from app.roster.service.preview import Preview, preview_of
from app.roster.service.staging import Staging

OF_THE_NUMBER = {"cert_type", "cert_no"}


@dataclass(frozen=True)
class Refusal:
    """Why a line was refused. field: the column's Chinese name, empty for the line as a whole. Contains no personal data.

    twin_of: the earlier line with the same identity document; 0 for any other reason.
    """

    line: int
    field: str
    why: str
    twin_of: int = 0


@dataclass(frozen=True)
class Reading:
    """How a source is read. regions: the only regions a row may have, None for any. max_rows: 0 for no limit."""

    ignored_columns: tuple[str, ...] = ()
    regions: frozenset[str] | None = None
    max_rows: int = 0
    on_refusal: Callable[[Refusal], None] = lambda refusal: None
    on_progress: Callable[[int], None] = lambda position: None  # gets the source's position now and then
    on_seen: Callable[[Preview], None] = lambda seen: None  # gets the first rows, once, before anything is applied; may raise


class Run:
    """Reads batches into the staging tables and counts rows."""

    def __init__(self, stage: Staging, columns: dict[str, str], reading: Reading) -> None:
        self.stage, self.rows, self.refused_lines, self.position = stage, 0, 0, 0
        self.fields = set(columns) - OF_THE_NUMBER
        self._columns = columns
        self._reading = reading
        self._reader = RowReader(columns, clock.today(), settings.max_age_years, reading.regions)
        self._vault = itself(vault)  # the object behind the proxy, whose cost is more than the hash's
        self._key = vault.writer  # one key for the whole run: rows are matched by one hash

    def read(self, source: RosterSource) -> None:
        """Reads the whole source; afterwards the stage holds the rows that may enter. Raises SourceRefused."""
        for batch in _batches(source, settings.roster_batch_rows):
            if not self.rows:
                self._reading.on_seen(preview_of(facts_of(source), self._columns, [cells for _line, cells in batch]))
            self._take(batch)
            if self._reading.max_rows and self.rows > self._reading.max_rows:
                raise SourceRefused(
                    _("文件超过 %(count)s 行，太大了。", count=f"{self._reading.max_rows:,}"),
                    _("名册没有任何改动。请分成几个文件导入。"),
                )
            self.position = source.position
            self._reading.on_progress(self.position)
        for line, first in self.stage.take_twins():
            self._refuse(line, [Problem("cert_no", _("与第 %(line)s 行是同一个证件。", line=first))], first)
        if self._reading.regions is not None:
            for line in self.stage.take_foreign(self._reading.regions):
                self._refuse(line, [Problem("insured_region", _("名册里这个人的参保地不归您的机构管。"))])

    def _take(self, batch: list[tuple[int, Any]]) -> None:
        good = []
        for line, cells in batch:
            read = self._reader.read(cells)
            if isinstance(read, RosterRow):
                good.append((line, *self._sealed(read)))
            else:
                self._refuse(line, read)
        self.rows += len(batch)
        if good:
            self.stage.add(good)

    def _refuse(self, line: int, problems: list[Problem], twin_of: int = 0) -> None:
        self.refused_lines += 1
        for problem in problems:
            self._reading.on_refusal(Refusal(line, LABELS.get(problem.field, ""), problem.why, twin_of))

    def _sealed(self, row: RosterRow) -> tuple[Any, ...]:
        cert_type, number, *values = row
        found_by = self._vault.hash_under(self._key, CERT_PURPOSE, f"{cert_type}:{number}")
        sealed = self._vault.encrypt(CERT_PURPOSE, number.encode(), bound_to=found_by, number=self._key)
        return (cert_type, found_by, sealed, *values, stored_fold(row.name))


def columns_of(source: RosterSource, ignored: tuple[str, ...]) -> dict[str, str]:
    """The columns of the source. Raises SourceRefused if they are not a roster's, and says how it was read, a likely cause."""
    try:
        return match_columns(source.columns(), ignored)
    except WrongColumns as wrong:
        facts, what = facts_of(source), wrong.sentence
        if facts.sheet:
            what = _("读的是工作表“%(sheet)s”：%(what)s", sheet=facts.sheet, what=what)
        elif facts.encoding.startswith("GB"):
            what = _("按 %(encoding)s 编码读：%(what)s", encoding=facts.encoding, what=what)
        raise SourceRefused(what, _("名册没有任何改动。请改好列名，或说明哪一列不要导入。")) from None


def _batches(source: RosterSource, size: int) -> Iterator[list[tuple[int, Any]]]:
    rows = source.rows()
    while batch := list(islice(rows, size)):
        yield batch
