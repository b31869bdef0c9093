"""Reads of the log for its auditors. Each is bounded: by a range of time, by a page, and by how many rows are looked at.

Rows are found through an index (person, member of staff, kind of act, otherwise time), newest first. Any other condition is tested
on the next `READ` of these rows, and the answer says where the search stopped.
"""

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, select, text, union_all

from app.core import clock
from app.core.audit.keys import key_of_row, unpack_ids
from app.core.audit.models import BY_STAFF, NOT_A_SCAN, AuditRow, AuditSeal
from app.core.db import db
from app.core.errors import NotFound
from app.core.ids import first_id_at

PAGE = 50
READ = 2_000  # of one person, one member of staff or one kind of act
READ_RANGE = 20_000  # of everything that happened
SCANNED = "scan:attempted"
_SLACK_SECONDS = 60  # fixed: between drawing an id and writing the moment, and between processes


@dataclass(frozen=True, kw_only=True)
class AuditFilter:
    """What is looked for between two moments. tags: any of them. An empty value is no condition.

    scans: of a person, `scans(low, high)` selects the ids of their scans from `low` on and below `high`, newest first.
    """

    since: datetime
    until: datetime
    tags: tuple[str, ...] = ()
    actor: str = ""
    subject: str = ""
    outcome: str = ""
    person_id: int | None = None
    scans: Callable[[int, int], Select[Any]] | None = field(default=None, compare=False)


@dataclass(frozen=True)
class AuditPage:
    """older: what to pass as `before` for the next page, or None at the end. is_whole: False when only a part was looked at."""

    rows: list[AuditRow]
    older: int | None
    is_whole: bool


def search(wanted: AuditFilter, before: int | None = None, *, limit: int = PAGE) -> AuditPage:
    """Newest first. before: only rows with a smaller id are wanted; see `AuditPage.older`."""
    sources, rest = _sources(wanted, before)
    if not sources:
        return _search_range(wanted, rest, before, limit)
    looked_at = READ if rest else limit + 1
    limited = [select(source.order_by(AuditRow.id.desc()).limit(looked_at).subquery().c.id) for source in sources]
    if wanted.scans is not None and (not wanted.tags or SCANNED in wanted.tags):
        limited.append(select(wanted.scans(*_ids(wanted, before)).limit(looked_at).subquery().c.id))
    merged = union_all(*limited).subquery()
    ids = list(db.session.scalars(select(merged.c.id).distinct().order_by(merged.c.id.desc()).limit(looked_at)))
    rows = _rows(select(AuditRow).where(AuditRow.id.in_(ids), *_span(wanted, before), *rest), limit)
    return _found(rows, limit, ids[-1] if len(ids) == looked_at else None)


def stream(wanted: AuditFilter) -> Iterator[AuditRow]:
    """All of it, newest first, page by page; for a background job."""
    before: int | None = None
    while True:
        found = search(wanted, before, limit=500)
        for row in found.rows:
            db.session.expunge(row)
            yield row
        if found.older is None:
            return
        before = found.older


def get_row(row_id: int) -> AuditRow:
    """Finds the row by its id alone, which no two rows share. Raises NotFound."""
    row = db.session.scalar(select(AuditRow).where(AuditRow.id == row_id).limit(1))
    if row is None:
        raise NotFound
    return row


def is_unchanged(row: AuditRow) -> bool:
    """Whether the row is as it was written: its MAC fits the key of its time."""
    return key_of_row({column.key: getattr(row, column.key) for column in AuditRow.__table__.columns}) > 0


def find_seal_of(row: AuditRow) -> AuditSeal | None:
    """The link of the chain that names this row; None while it waits for the sealer."""
    near = select(AuditSeal).where(AuditSeal.last_id >= row.id).order_by(AuditSeal.last_id).limit(20)
    return next((seal for seal in db.session.scalars(near) if row.id in unpack_ids(seal.members)), None)


def _sources(wanted: AuditFilter, before: int | None) -> tuple[list[Select[Any]], list[ColumnElement[bool]]]:
    """Index ranges that hold every wanted row, and the conditions to test on each row. No range means: search by time alone."""
    start = select(AuditRow.id).where(*_span(wanted, before))
    tag = AuditRow.tag.in_(wanted.tags)
    rest: list[ColumnElement[bool]] = []
    if wanted.subject:
        rest.append(AuditRow.subject == wanted.subject)
    if wanted.outcome:
        rest.append(AuditRow.outcome == wanted.outcome)
    if wanted.person_id is not None:
        ranges = [start.where(text(NOT_A_SCAN), AuditRow.person_id == wanted.person_id)]
        rest += [AuditRow.actor == wanted.actor] if wanted.actor else []
        return ranges, rest + ([tag] if wanted.tags else [])
    if wanted.actor.startswith("staff:"):
        return [start.where(text(BY_STAFF), AuditRow.actor == wanted.actor)], rest + ([tag] if wanted.tags else [])
    rest += [AuditRow.actor == wanted.actor] if wanted.actor else []
    if wanted.tags and SCANNED not in wanted.tags:
        return [start.where(text(NOT_A_SCAN), AuditRow.tag == one) for one in wanted.tags], rest
    return [], rest + ([tag] if wanted.tags else [])


def _search_range(wanted: AuditFilter, rest: list[ColumnElement[bool]], before: int | None, limit: int) -> AuditPage:
    span = _span(wanted, before)
    floor = None
    if rest:
        floor = db.session.scalar(select(AuditRow.id).where(*span).order_by(AuditRow.id.desc()).offset(READ_RANGE - 1).limit(1))
    near = [AuditRow.id >= floor] if floor is not None else []
    return _found(_rows(select(AuditRow).where(*span, *near, *rest), limit), limit, floor)


def _rows(query: Select[AuditRow], limit: int) -> list[AuditRow]:
    return list(db.session.scalars(query.order_by(AuditRow.id.desc()).limit(limit + 1)))


def _found(rows: list[AuditRow], limit: int, floor: int | None) -> AuditPage:
    """floor: the last id that was looked at, if there may be more rows below it."""
    if len(rows) > limit:
        return AuditPage(rows[:limit], rows[limit - 1].id, is_whole=True)
    return AuditPage(rows, floor, is_whole=floor is None)


def _span(wanted: AuditFilter, before: int | None) -> list[ColumnElement[bool]]:
    """The ids limit the search to a range of the index; the times decide."""
    low, high = _ids(wanted, before)
    return [AuditRow.id >= low, AuditRow.id < high, AuditRow.created_at >= wanted.since, AuditRow.created_at <= wanted.until]


def _ids(wanted: AuditFilter, before: int | None) -> tuple[int, int]:
    """Ids follow the machine's clock; moments follow the rules' clock, which tests and a demo move ahead of it."""
    ahead = clock.timestamp() - time.time()
    low = first_id_at(wanted.since.timestamp() - max(0.0, ahead) - _SLACK_SECONDS)
    high = first_id_at(wanted.until.timestamp() + max(0.0, -ahead) + _SLACK_SECONDS)
    return low, high if before is None else min(before, high)
