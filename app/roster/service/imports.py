"""Importing a roster: rows are read in batches, compared and merged. Only one import runs at a time."""

from collections.abc import Callable
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import func, select

from app.core import audit, clock
from app.core.db import db, transaction
from app.core.errors import DomainError
from app.core.keys.sweeping import finish_column
from app.core.locks import exclusive
from app.core.settings import settings
from app.roster.audit_tags import RosterTag
from app.roster.models import IMPORT_LOCK, InsuredPerson, RosterImport
from app.roster.providers import RosterSource
from app.roster.queries import find_import_of
from app.roster.service.preview import Preview
from app.roster.service.reading import Reading, Run, columns_of
from app.roster.service.reading import Refusal as Refusal
from app.roster.service.staging import staging
from app.roster.service.statuses import tell_status_changes

LOCK = IMPORT_LOCK


class ImportMode(StrEnum):
    all = "all"  # if one row is refused, nothing is changed
    good = "good"  # refused rows are left out


@dataclass(frozen=True)
class ImportResult:
    """rows = created + updated + unchanged + refused, unless mode `all` left the good rows out too."""

    rows: int
    created: int
    updated: int
    unchanged: int
    refused: int
    import_id: int = field(default=0, compare=False)

    @property
    def is_applied(self) -> bool:
        return self.rows == self.created + self.updated + self.unchanged + self.refused


def import_roster(
    source: RosterSource,
    mode: ImportMode = ImportMode.all,
    *,
    ignored_columns: tuple[str, ...] = (),
    regions: frozenset[str] | None = None,
    max_rows: int = 0,
    on_refusal: Callable[[Refusal], None] = lambda refusal: None,
    on_progress: Callable[[int], None] = lambda position: None,
    on_seen: Callable[[Preview], None] = lambda seen: None,
    by: str = "system",
    report_id: int | None = None,
) -> ImportResult:
    """Brings the roster up to date with the source. Persons who are not in the source stay as they are.

    Columns the source does not have stay untouched, and so do rows without changes. Of two lines with one identity document the
    later is refused. The former values of changed rows are kept, so that the newest import can be undone. by: `kind:id` for the
    audit log. report_id: of the staff job this is part of; if it is called again after the process died, it continues and keeps
    what was merged. on_seen: gets the first rows before anything is applied; if it raises, nothing is changed.
    Raises SourceRefused, with nothing changed, if the source as a whole cannot be read, and DomainError `import_running`
    while another import or an undoing runs.
    """
    reading = Reading(ignored_columns, regions, max_rows, on_refusal, on_progress, on_seen)
    columns = columns_of(source, ignored_columns)
    with exclusive(LOCK) as is_alone:
        require_alone(is_alone)
        finish_column("insured_person.cert_no_encrypted")  # staged rows are matched by one hash
        begun = _find_begun(report_id)
        if begun is not None and begun.finished_at is not None:
            return _result_of(begun)
        started, begun_id = clock.now(), begun.id if begun is not None else None
        with staging() as stage:
            run = Run(stage, columns, reading)
            run.read(source)
            scope = "*" if regions is None else ",".join(sorted(regions))
            entry = RosterImport(
                source=source.title[:200], mode=mode.value, started_at=started, by=by, scope=scope, report_id=report_id
            )
            return _apply(run, entry, begun_id, mode, by, on_progress)


def _find_begun(report_id: int | None) -> RosterImport | None:
    """The import begun by an earlier run of the same staff job. Raises DomainError `import_undone`."""
    begun = find_import_of(report_id) if report_id is not None else None
    if begun is not None and begun.undoing_at is not None:
        raise DomainError("import_undone", _("这次导入已经撤销了。"), _("请重新上传。"), status=409)
    return begun


def require_alone(is_alone: bool) -> None:
    if not is_alone:
        raise DomainError("import_running", _("另一次导入或撤销正在进行。"), _("名册没有任何改动。请等它做完再来。"), status=409)


def _apply(
    run: Run, entry: RosterImport, begun_id: int | None, mode: ImportMode, by: str, on_progress: Callable[[int], None]
) -> ImportResult:
    """Applies the run part by part, each in its own transaction; applies nothing if mode is `all` and a row was refused."""
    if mode is ImportMode.all and run.refused_lines:
        with transaction():
            return _finish(entry, run, 0, by, "refused")
    run.stage.sort_out(run.fields)
    parts = list(run.stage.slices(settings.roster_batch_rows if mode is ImportMode.good else None))
    entry_id = begun_id
    for part in parts:
        with transaction():
            if entry_id is None:
                entry_id = _begin(entry, by, is_long=len(parts) > 1)
            entry = db.session.get_one(RosterImport, entry_id)
            assert entry.merged_at is not None
            if "status" in run.fields:
                tell_status_changes(run.stage.list_status_changes(part))
            run.stage.keep_formers(part, run.fields, entry_id)
            merged = run.stage.merge(part, run.fields, entry.merged_at)
            entry.created, entry.updated = entry.created + merged.created, entry.updated + merged.updated
            if part is parts[-1]:
                unchanged = run.rows - run.refused_lines - entry.created - entry.updated
                return _finish(entry, run, unchanged, by, "ok")
        on_progress(run.position)
    raise RuntimeError("there is always a last part")


def _begin(entry: RosterImport, by: str, *, is_long: bool) -> int:
    entry.merged_at = clock.now()
    entry.last_id_before = db.session.scalar(select(func.max(InsuredPerson.id))) or 0
    db.session.add(entry)
    db.session.flush()
    if is_long:
        audit.record(RosterTag.imported, actor=by, subject=entry.subject, outcome="started")
    return entry.id


def _finish(entry: RosterImport, run: Run, unchanged: int, by: str, outcome: str) -> ImportResult:
    entry.finished_at = clock.now()
    entry.rows, entry.unchanged, entry.refused = run.rows, unchanged, run.refused_lines
    db.session.add(entry)
    db.session.flush()
    counts: dict[str, Any] = {"rows": entry.rows, "created": entry.created, "updated": entry.updated, "refused": entry.refused}
    audit.record(RosterTag.imported, actor=by, subject=entry.subject, outcome=outcome, **counts)
    return _result_of(entry)


def _result_of(entry: RosterImport) -> ImportResult:
    return ImportResult(entry.rows, entry.created, entry.updated, entry.unchanged, entry.refused, entry.id)
