"""Reads of reports: one's own, and only as long as one has the right they were asked for with."""

import json
from typing import Any

from sqlalchemy import select

from app.core.db import db
from app.core.errors import NotFound
from app.reports.kinds import find_kind
from app.reports.models import Report, ReportState
from app.staff.models import StaffMember
from app.staff.rights import has_right

SHOWN = 50


def get_report(staff_id: int, id: int) -> Report:
    """One's own. Raises NotFound, also once the right for its kind is gone."""
    found = db.session.get(Report, id)
    if found is None or found.staff_id != staff_id:
        raise NotFound
    kind, member = find_kind(found.kind), db.session.get_one(StaffMember, staff_id)
    if kind is None or not has_right(member.roles, kind.right):
        raise NotFound
    return found


def list_reports(staff_id: int, limit: int = SHOWN) -> list[Report]:
    """Newest first."""
    return list(db.session.scalars(select(Report).where(Report.staff_id == staff_id).order_by(Report.id.desc()).limit(limit)))


def find_latest(kind: str) -> Report | None:
    """The newest one that is done, whoever asked for it."""
    done = select(Report).where(Report.kind == kind, Report.state == ReportState.done)
    return db.session.scalar(done.order_by(Report.id.desc()).limit(1))


def find_open(staff_id: int, kind: str) -> Report | None:
    """One's own of this kind that is waiting or running; the oldest."""
    is_open = Report.state.in_((ReportState.waiting, ReportState.running))
    mine = select(Report).where(Report.staff_id == staff_id, Report.kind == kind, is_open)
    return db.session.scalar(mine.order_by(Report.id).limit(1))


def list_open(kind: str) -> list[Report]:
    """Waiting or running, whoever asked for it; oldest first."""
    is_open = Report.state.in_((ReportState.waiting, ReportState.running))
    return list(db.session.scalars(select(Report).where(Report.kind == kind, is_open).order_by(Report.id).limit(SHOWN)))


def params_of(report: Report) -> dict[str, Any]:
    return dict(json.loads(report.params))


def result_of(report: Report) -> dict[str, Any]:
    """What came out; of one that failed `what` and `next`, the sentences that say why."""
    return dict(json.loads(report.result))


def title_of(report: Report) -> str:
    kind = find_kind(report.kind)
    return str(kind.title) if kind is not None else report.kind
