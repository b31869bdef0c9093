"""Reads of staff jobs. Members see only their own, and only while they still have the right for its kind."""

import json
from typing import Any

from sqlalchemy import select

from app.core.db import db
from app.core.errors import NotFound
from app.staff.models import StaffMember
from app.staff.rights import has_right
from app.staff_jobs.kinds import find_kind
from app.staff_jobs.models import StaffJob, StaffJobState

SHOWN = 50


def get_staff_job(staff_id: int, id: int) -> StaffJob:
    """A member's own job. Raises NotFound, also if the member has lost the right for its kind."""
    found = db.session.get(StaffJob, id)
    if found is None or found.staff_id != staff_id:
        raise NotFound
    kind, member = find_kind(found.kind), db.session.get_one(StaffMember, staff_id)
    if kind is None or not has_right(member.roles, kind.right):
        raise NotFound
    return found


def list_staff_jobs(staff_id: int, limit: int = SHOWN) -> list[StaffJob]:
    """Newest first."""
    return list(db.session.scalars(select(StaffJob).where(StaffJob.staff_id == staff_id).order_by(StaffJob.id.desc()).limit(limit)))


def find_latest(kind: str) -> StaffJob | None:
    """The newest job of this kind that is done, no matter who asked for it."""
    done = select(StaffJob).where(StaffJob.kind == kind, StaffJob.state == StaffJobState.done)
    return db.session.scalar(done.order_by(StaffJob.id.desc()).limit(1))


def find_open(staff_id: int, kind: str) -> StaffJob | None:
    """The member's oldest job of this kind that is waiting or running."""
    is_open = StaffJob.state.in_((StaffJobState.waiting, StaffJobState.running))
    mine = select(StaffJob).where(StaffJob.staff_id == staff_id, StaffJob.kind == kind, is_open)
    return db.session.scalar(mine.order_by(StaffJob.id).limit(1))


def list_open(kind: str) -> list[StaffJob]:
    """Jobs of this kind that wait or run, no matter who asked for them, oldest first."""
    is_open = StaffJob.state.in_((StaffJobState.waiting, StaffJobState.running))
    return list(db.session.scalars(select(StaffJob).where(StaffJob.kind == kind, is_open).order_by(StaffJob.id).limit(SHOWN)))


def params_of(staff_job: StaffJob) -> dict[str, Any]:
    return dict(json.loads(staff_job.params))


def result_of(staff_job: StaffJob) -> dict[str, Any]:
    """The result; for a job that failed, `what` and `next` are the sentences that say why."""
    return dict(json.loads(staff_job.result))


def title_of(staff_job: StaffJob) -> str:
    kind = find_kind(staff_job.kind)
    return str(kind.title) if kind is not None else staff_job.kind
