"""Asking for a report, and taking its file away."""

import json
from collections.abc import Iterator

from flask_babel import gettext as _
from sqlalchemy import select

from app.core import audit, blobs, clock, jobs, sealed_files
from app.core.db import db, transaction
from app.core.errors import DomainError, NotFound, TooMany
from app.core.settings import settings
from app.reports.audit_tags import ReportTag
from app.reports.kinds import find_kind
from app.reports.models import Report, ReportState
from app.reports.service.running import RUN_REPORT
from app.staff.models import StaffMember
from app.staff.rights import has_right


def start_report(staff: StaffMember, kind: str, **params: int | str | bool | None) -> Report:
    """Asks for a report; it is begun once the surrounding transaction has committed. params: ids, days and choices, nobody's data.

    The same asked again while it is under way is the one that is there. Raises DomainError `forbidden`, and TooMany.
    """
    known = find_kind(kind)
    if known is None:
        raise KeyError(kind)
    if not has_right(staff.roles, known.right):
        raise DomainError("forbidden", _("您的岗位不能办这件事。"), _("需要这项权限时，请找安全管理员。"), status=403)
    report_id = _ask(staff.id, staff.actor, kind, json.dumps(params, sort_keys=True, ensure_ascii=False))
    return db.session.get_one(Report, report_id)


@transaction()
def _ask(staff_id: int, actor: str, kind: str, params: str) -> int:
    db.session.scalar(select(StaffMember.id).where(StaffMember.id == staff_id).with_for_update())  # two clicks, one after the other
    is_open = Report.state.in_((ReportState.waiting, ReportState.running))
    under_way = list(
        db.session.scalars(select(Report).where(Report.staff_id == staff_id, is_open).limit(settings.staff_reports_at_once + 1))
    )
    for report in under_way:
        if report.kind == kind and report.params == params:
            return report.id
    if len(under_way) >= settings.staff_reports_at_once:
        raise TooMany(_("您有 %(count)s 个任务还没有做完。", count=settings.staff_reports_at_once), _("请等其中一个做完再来。"), 60)
    report = Report(kind=kind, staff_id=staff_id, params=params, asked_at=clock.now())
    db.session.add(report)
    db.session.flush()
    audit.record(ReportTag.asked, actor=actor, subject=report.subject, kind=kind)
    jobs.enqueue(RUN_REPORT, report_id=report.id)
    return report.id


def open_file(report: Report, by: str) -> tuple[int, Iterator[bytes]]:
    """(bytes, the content piece by piece) for its owner; each time is audited. Raises NotFound, DomainError `file_unreadable`."""
    report_id, name, kind = report.id, report.file_name, report.kind
    if name is None:
        raise NotFound(_("这个文件已经删除了。"))
    try:
        opened = sealed_files.pieces_of(name)
    except (blobs.NoSuchBlob, blobs.StoreUnavailable, sealed_files.CorruptFile):
        raise DomainError("file_unreadable", _("这个文件现在打不开。"), _("请过几分钟再试，或者重新做一次。"), status=503) from None
    with transaction():
        audit.record(ReportTag.downloaded, actor=by, subject=Report.subject_of(report_id), kind=kind)
    return opened
