"""Asking for a staff job, and downloading its file."""

import json
from collections.abc import Iterator

from flask_babel import gettext as _
from sqlalchemy import select

from app.core import audit, blobs, clock, jobs, sealed_files
from app.core.db import db, transaction
from app.core.errors import DomainError, NotFound, TooMany
from app.core.settings import settings
from app.staff.models import StaffMember
from app.staff.rights import has_right
from app.staff_jobs.audit_tags import StaffJobTag
from app.staff_jobs.kinds import find_kind
from app.staff_jobs.models import StaffJob, StaffJobState
from app.staff_jobs.service.running import RUN_STAFF_JOB


def start_staff_job(staff: StaffMember, kind: str, **params: int | str | bool | None) -> StaffJob:
    """Asks for a job, which begins once the surrounding transaction has committed. params: ids, days, choices; no personal data.

    If the same job was asked for and is not finished, returns that one. Raises DomainError `forbidden`, and TooMany.
    """
    known = find_kind(kind)
    if known is None:
        raise KeyError(kind)
    if not has_right(staff.roles, known.right):
        raise DomainError("forbidden", _("您的岗位不能办这件事。"), _("需要这项权限时，请找安全管理员。"), status=403)
    report_id = _ask(staff.id, staff.actor, kind, json.dumps(params, sort_keys=True, ensure_ascii=False))
    return db.session.get_one(StaffJob, report_id)


@transaction()
def _ask(staff_id: int, actor: str, kind: str, params: str) -> int:
    db.session.scalar(select(StaffMember.id).where(StaffMember.id == staff_id).with_for_update())  # two clicks at once take turns
    is_open = StaffJob.state.in_((StaffJobState.waiting, StaffJobState.running))
    under_way = list(
        db.session.scalars(select(StaffJob).where(StaffJob.staff_id == staff_id, is_open).limit(settings.staff_jobs_at_once + 1))
    )
    for staff_job in under_way:
        if staff_job.kind == kind and staff_job.params == params:
            return staff_job.id
    if len(under_way) >= settings.staff_jobs_at_once:
        raise TooMany(_("您有 %(count)s 个任务还没有做完。", count=settings.staff_jobs_at_once), _("请等其中一个做完再来。"), 60)
    staff_job = StaffJob(kind=kind, staff_id=staff_id, params=params, asked_at=clock.now())
    db.session.add(staff_job)
    db.session.flush()
    audit.record(StaffJobTag.asked, actor=actor, subject=staff_job.subject, kind=kind)
    jobs.enqueue(RUN_STAFF_JOB, report_id=staff_job.id)
    return staff_job.id


def open_file(staff_job: StaffJob, by: str) -> tuple[int, Iterator[bytes]]:
    """The size in bytes and the content in pieces, for its owner. Audited. Raises NotFound, DomainError `file_unreadable`."""
    report_id, name, kind = staff_job.id, staff_job.file_name, staff_job.kind
    if name is None:
        raise NotFound(_("这个文件已经删除了。"))
    try:
        opened = sealed_files.pieces_of(name)
    except (blobs.NoSuchBlob, blobs.StoreUnavailable, sealed_files.CorruptFile):
        raise DomainError("file_unreadable", _("这个文件现在打不开。"), _("请过几分钟再试，或者重新做一次。"), status=503) from None
    with transaction():
        audit.record(StaffJobTag.downloaded, actor=by, subject=StaffJob.subject_of(report_id), kind=kind)
    return opened
