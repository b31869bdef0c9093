"""Registers the bureau's kind of approval, its staff jobs and its background task."""

from flask import Flask
from flask_babel import lazy_gettext as _l

from app.bureau import service
from app.bureau.service import roster
from app.core import background
from app.staff.rights import Right
from app.staff.service import ApprovalKind, provide_approval_kinds
from app.staff_jobs.service import StaffJobKind, provide_staff_job_kinds


def register(app: Flask) -> None:
    provide_approval_kinds.listen(app, _list_approval_kinds)
    provide_staff_job_kinds.listen(app, _list_staff_job_kinds)
    background.register(app, "bureau.remind_of_content", 3600, service.remind_of_content)


def _list_approval_kinds() -> list[ApprovalKind]:
    return [ApprovalKind(service.PUBLISHING, service.publish_approved, service.tell_approval)]


def _list_staff_job_kinds() -> list[StaffJobKind]:
    return [
        StaffJobKind(roster.CHECK, roster.run_check, right=Right.manage_roster, title=_l("核对名册")),
        StaffJobKind(roster.APPLICATION, roster.run_application, right=Right.manage_roster, title=_l("导入名册")),
        StaffJobKind(roster.UNDOING, roster.run_undoing, right=Right.manage_roster, title=_l("撤销导入")),
    ]
