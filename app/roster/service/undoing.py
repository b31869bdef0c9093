"""Undoing the newest import: in batches, so that nobody waits long, and only rows that are still as the import left them."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import ColumnElement, delete, select, tuple_, update

from app.core import audit, clock
from app.core.db import Base, db, table_of, transaction
from app.core.errors import DomainError
from app.core.locks import exclusive
from app.core.settings import settings
from app.core.statements import changed, write
from app.roster.audit_tags import RosterTag
from app.roster.models import InsuredPerson, RosterFormer, RosterImport
from app.roster.queries import find_undoable
from app.roster.service.folding import keep_folds
from app.roster.service.imports import LOCK, require_alone
from app.roster.service.statuses import tell_status_changes

BATCH = 2000
_VALUES = ("name", "gender", "birthday", "nationality", "insured_region", "insutype", "psn_no", "psn_type", "status")


@dataclass
class Undone:
    """restored: rows set back. removed: persons the import had added. left: rows not undone. why_left: how many for each reason."""

    restored: int = 0
    removed: int = 0
    left: int = 0
    why_left: dict[str, int] = field(default_factory=dict)


def undo_import(
    import_id: int,
    *,
    by: str,
    regions: frozenset[str] | None = None,
    on_left: Callable[[int, str], None] = lambda person_id, why: None,
    on_progress: Callable[[int, int], None] = lambda done, total: None,
) -> Undone:
    """Undoes an import; if called again after its process died, it continues. Raises DomainError `undo_impossible`,
    `undo_elsewhere`, `import_running`.

    Rows changed since are left. So are persons the import added who meanwhile have a credential, an account or another row that
    refers to them. on_left gets each of them, with the reason. regions: the only regions whose persons may change; None for any.
    """
    with exclusive(LOCK) as is_alone:
        require_alone(is_alone)
        if regions is not None:
            _refuse_elsewhere(import_id, regions)
        merged_at, before, total = _begin(import_id, by)
        done, last = 0, 0
        while (batch := _restore(import_id, merged_at, last)) is not None:
            last, count = batch
            done += count
            on_progress(done, total)
        last = before
        while (batch := _remove(import_id, merged_at, last)) is not None:
            last, count = batch
            done += count
            on_progress(done, total)
        left: dict[str, int] = {}
        for person_id, why in _list_left(import_id, merged_at, before):
            left[why] = left.get(why, 0) + 1
            on_left(person_id, why)
        return _finish(import_id, by, left)


def require_undoable(import_id: int) -> RosterImport:
    """Raises DomainError `undo_impossible`."""
    found = find_undoable()
    if found is None or found.id != import_id:
        raise DomainError(
            "undo_impossible",
            _("这次导入不能撤销了。"),
            _("只有最近的一次导入、在 %(days)s 天以内、还没有撤销过的，才能撤销。", days=settings.roster_undo_days),
            status=409,
        )
    return found


def _refuse_elsewhere(import_id: int, regions: frozenset[str]) -> None:
    entry = db.session.get_one(RosterImport, import_id)
    formers = select(RosterFormer.person_id).where(
        RosterFormer.import_id == import_id, RosterFormer.insured_region.not_in(sorted(regions))
    )
    added = select(InsuredPerson.id).where(
        InsuredPerson.id > entry.last_id_before,
        InsuredPerson.created_at == entry.merged_at,
        InsuredPerson.insured_region.not_in(sorted(regions)),
    )
    if any(db.session.scalar(found.limit(1)) is not None for found in (formers, added)):
        raise DomainError(
            "undo_elsewhere", _("这次导入也改了别的地方的参保人，您的机构不能撤销。"), _("请由市级机构来办。"), status=403
        )


@transaction()
def _begin(import_id: int, by: str) -> tuple[datetime, int, int]:
    found = require_undoable(import_id)
    if found.merged_at is None:
        raise ValueError("an import that was never merged")
    if found.undoing_at is None:
        found.undoing_at, found.undone_by = clock.now(), by
        audit.record(RosterTag.undone, actor=by, subject=RosterImport.subject_of(import_id), outcome="started")
    return found.merged_at, found.last_id_before, found.created + found.updated


@transaction()
def _restore(import_id: int, merged_at: datetime, after: int) -> tuple[int, int] | None:
    """Restores the next batch. Returns the last person's id and how many were restored, or None if no rows are left."""
    formers = db.session.scalars(
        select(RosterFormer)
        .where(RosterFormer.import_id == import_id, RosterFormer.person_id > after)
        .order_by(RosterFormer.person_id)
        .limit(BATCH)
    ).all()
    if not formers:
        return None
    ids = [former.person_id for former in formers]
    as_left = InsuredPerson.id.in_(ids) & (InsuredPerson.updated_at == merged_at)
    now_there = {row.id: row.status for row in db.session.execute(select(InsuredPerson.id, InsuredPerson.status).where(as_left))}
    values: dict[str, Any] = {
        name: select(getattr(RosterFormer, name)).where(*_former_of(import_id)).scalar_subquery()
        for name in (*_VALUES, "updated_at")
    }
    values["folded_name"] = None
    restored = changed(update(InsuredPerson).where(as_left).values(values))
    keep_folds((former.person_id, former.name) for former in formers if former.person_id in now_there)
    tell_status_changes(
        (former.person_id, former.status)
        for former in formers
        if former.person_id in now_there and now_there[former.person_id] is not former.status
    )
    write(delete(RosterFormer).where(RosterFormer.import_id == import_id, RosterFormer.person_id.in_(now_there)))
    _count(import_id, restored=restored)
    return ids[-1], restored


def _former_of(import_id: int) -> tuple[ColumnElement[bool], ...]:
    return RosterFormer.import_id == import_id, RosterFormer.person_id == InsuredPerson.id


@transaction()
def _remove(import_id: int, merged_at: datetime, after: int) -> tuple[int, int] | None:
    rows = db.session.execute(
        select(InsuredPerson.id, InsuredPerson.updated_at, InsuredPerson.created_at)
        .where(InsuredPerson.id > after)
        .order_by(InsuredPerson.id)
        .limit(BATCH)
    ).all()
    if not rows:
        return None
    ids = [row.id for row in rows if row.created_at == merged_at == row.updated_at]
    ids = sorted(set(ids) - in_use(ids))
    if ids:
        write(delete(InsuredPerson).where(InsuredPerson.id.in_(ids)))
        _count(import_id, removed=len(ids))
    return rows[-1].id, len(ids)


def in_use(person_ids: Iterable[int]) -> set[int]:
    """Those of these persons to whom another table refers: a credential, a link, an account, a case."""
    ids, used = list(person_ids), set()
    if not ids:
        return set()
    for column in _columns_naming_a_person():
        used |= set(db.session.scalars(select(column).where(column.in_(ids)).distinct()))
    return used


def _columns_naming_a_person() -> list[ColumnElement[int]]:
    person = table_of(InsuredPerson)
    return [key.parent for table in Base.metadata.sorted_tables for key in table.foreign_keys if key.column is person.c.id]


def _list_left(import_id: int, merged_at: datetime, before: int) -> Iterable[tuple[int, str]]:
    """Pairs of person and reason, for all that is left once everything possible was undone."""
    changed, used = _("之后有人改过。"), _("已经激活医保码或有其他记录。")
    kept = select(RosterFormer.person_id).where(RosterFormer.import_id == import_id).order_by(RosterFormer.person_id)
    for person_id in db.session.scalars(kept).all():
        yield person_id, changed
    added = select(InsuredPerson.id, InsuredPerson.updated_at).where(
        InsuredPerson.id > before, InsuredPerson.created_at == merged_at
    )
    for person_id, updated_at in db.session.execute(added.order_by(InsuredPerson.id)).all():
        yield person_id, used if updated_at == merged_at else changed


@transaction()
def _count(import_id: int, *, restored: int = 0, removed: int = 0) -> None:
    write(
        update(RosterImport)
        .where(RosterImport.id == import_id)
        .values(restored=RosterImport.restored + restored, removed=RosterImport.removed + removed)
    )


@transaction()
def _finish(import_id: int, by: str, left: dict[str, int]) -> Undone:
    entry = db.session.get_one(RosterImport, import_id, populate_existing=True)
    entry.undone_at, entry.left = clock.now(), sum(left.values())
    counts: dict[str, Any] = {"restored": entry.restored, "removed": entry.removed, "left": entry.left}
    audit.record(RosterTag.undone, actor=by, subject=RosterImport.subject_of(import_id), outcome="ok", **counts)
    return Undone(entry.restored, entry.removed, entry.left, left)


def forget_formers() -> int:
    """Deletes, in batches, the former values of imports that can no longer be undone."""
    still, limit = find_undoable(), clock.now() - timedelta(days=1)
    keep = still.id if still is not None else 0
    over = select(RosterImport.id).where(
        RosterImport.id != keep, RosterImport.started_at < limit, RosterImport.finished_at.is_not(None)
    )
    count = 0
    while forgotten := _forget(over):
        count += forgotten
    return count


@transaction()
def _forget(imports: Any) -> int:
    key = (RosterFormer.import_id, RosterFormer.person_id)
    some = select(*key).where(RosterFormer.import_id.in_(imports)).limit(BATCH)
    return changed(delete(RosterFormer).where(tuple_(*key).in_(some)))
