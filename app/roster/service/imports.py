from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from itertools import islice
from typing import Any

from flask_babel import gettext as _

from app.core import audit, clock
from app.core.crypto import vault
from app.core.db import db, transaction
from app.core.settings import settings
from app.roster.columns import LABELS, WrongColumns, match_columns
from app.roster.models import RosterImport, RosterTag
from app.roster.providers import RosterSource, SourceRefused
from app.roster.queries import CERT_PURPOSE
from app.roster.rows import Problem, RosterRow, RowReader
from app.roster.service.staging import Merged, Staging, staging

OF_THE_NUMBER = {"cert_type", "cert_no"}


class ImportMode(StrEnum):
    all = "all"  # one refused row, and nothing is changed
    good = "good"  # refused rows are left out


@dataclass(frozen=True)
class Refusal:
    """Why a line was refused. field: the column's Chinese name, empty for the line as a whole. Holds nothing of the person."""

    line: int
    field: str
    why: str


@dataclass(frozen=True)
class ImportResult:
    """rows = created + updated + unchanged + refused, except where mode `all` left the good ones out too."""

    rows: int
    created: int
    updated: int
    unchanged: int
    refused: int

    @property
    def is_applied(self) -> bool:
        return self.rows == self.created + self.updated + self.unchanged + self.refused


def import_roster(
    source: RosterSource,
    mode: ImportMode = ImportMode.all,
    *,
    ignored_columns: tuple[str, ...] = (),
    on_refusal: Callable[[Refusal], None] = lambda refusal: None,
    on_progress: Callable[[int], None] = lambda position: None,
    by: str = "system",
) -> ImportResult:
    """Brings the roster up to date with what the source holds. Who is no longer in it stays as they are.

    Columns the source does not have stay untouched, and so do rows that say nothing new. Two lines with one document: the later
    is refused. on_progress: gets the source's position now and then. by: `kind:id` for the audit log.
    Raises SourceRefused, with nothing changed, when the source as a whole cannot be read.
    """
    try:
        columns = match_columns(source.columns(), ignored_columns)
    except WrongColumns as wrong:
        raise SourceRefused(wrong.sentence, _("名册没有任何改动。请改好列名，或用 --ignore 说明哪一列不要。")) from None
    started = clock.now()
    with staging() as stage:
        run = _Run(stage, RowReader(columns, clock.today(), settings.max_age_years), on_refusal)
        for batch in _batches(source, settings.roster_batch_rows):
            run.take(batch)
            on_progress(source.position)
        run.refuse_twins()
        if mode is ImportMode.all and run.refused_lines:
            result = ImportResult(run.rows, 0, 0, 0, run.refused_lines)
            with transaction():
                entry = _entry(source, mode, started)
                _finish(entry, result, by, "refused")
            return result
        return _merge(run, _entry(source, mode, started), set(columns) - OF_THE_NUMBER, mode, by)


class _Run:
    """Reads batches into the staging tables and counts."""

    def __init__(self, stage: Staging, reader: RowReader, on_refusal: Callable[[Refusal], None]) -> None:
        self.stage, self.rows, self.refused_lines = stage, 0, 0
        self._reader, self._on_refusal = reader, on_refusal
        self._vault = vault._get_current_object()  # type: ignore[attr-defined]  # the proxy costs more than the hash

    def take(self, batch: list[tuple[int, Any]]) -> None:
        good = []
        for line, cells in batch:
            read = self._reader.read(cells)
            if type(read) is RosterRow:
                good.append((line, *self._sealed(read)))
            else:
                self._refuse(line, read)  # type: ignore[arg-type]
        self.rows += len(batch)
        if good:
            self.stage.add(good)

    def refuse_twins(self) -> None:
        for line, first in self.stage.take_twins():
            self._refuse(line, [Problem("cert_no", _("与第 %(line)s 行是同一个证件。", line=first))])

    def _refuse(self, line: int, problems: list[Problem]) -> None:
        self.refused_lines += 1
        for problem in problems:
            self._on_refusal(Refusal(line, LABELS.get(problem.field, ""), problem.why))

    def _sealed(self, row: RosterRow) -> tuple[Any, ...]:
        cert_type, number, *values = row
        found_by = self._vault.keyed_hash(CERT_PURPOSE, f"{cert_type}:{number}")
        return (cert_type, found_by, self._vault.encrypt(CERT_PURPOSE, number.encode(), bound_to=found_by), *values)


def _merge(run: _Run, entry: RosterImport, fields: set[str], mode: ImportMode, by: str) -> ImportResult:
    unchanged = run.stage.sort_out(fields)
    parts = list(run.stage.slices(settings.roster_batch_rows if mode is ImportMode.good else None))
    created = updated = 0
    for part in parts:
        with transaction():
            if part is parts[0]:
                db.session.add(entry)
                db.session.flush()
                if len(parts) > 1:
                    audit.record(RosterTag.imported, actor=by, subject=f"roster_import:{entry.id}", outcome="started")
            merged: Merged = run.stage.merge(part, fields, clock.now())
            created, updated = created + merged.created, updated + merged.updated
            entry.created, entry.updated = created, updated
            if part is parts[-1]:
                result = ImportResult(run.rows, created, updated, unchanged, run.refused_lines)
                _finish(entry, result, by, "ok")
    return result


def _entry(source: RosterSource, mode: ImportMode, started: Any) -> RosterImport:
    return RosterImport(source=source.title[:200], mode=mode.value, started_at=started)


def _finish(entry: RosterImport, result: ImportResult, by: str, outcome: str) -> None:
    entry.finished_at = clock.now()
    entry.rows, entry.created, entry.updated = result.rows, result.created, result.updated
    entry.unchanged, entry.refused = result.unchanged, result.refused
    db.session.add(entry)
    db.session.flush()
    counts: dict[str, Any] = {"rows": result.rows, "created": result.created, "updated": result.updated, "refused": result.refused}
    audit.record(RosterTag.imported, actor=by, subject=f"roster_import:{entry.id}", outcome=outcome, **counts)


def _batches(source: RosterSource, size: int) -> Iterator[list[tuple[int, Any]]]:
    rows = source.rows()
    while batch := list(islice(rows, size)):
        yield batch


__all__ = ["ImportMode", "ImportResult", "Refusal", "import_roster"]
