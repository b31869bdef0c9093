"""What the desk does in the background."""

from flask import Flask
from flask_babel import lazy_gettext as _l

from app.bureau import service
from app.bureau.service import roster
from app.core import background
from app.reports.service import ReportKind, provide_report_kinds
from app.staff.rights import Right
from app.staff.service import ApprovalKind, provide_approval_kinds


def register(app: Flask) -> None:
    provide_approval_kinds.listen(app, _list_approval_kinds)
    provide_report_kinds.listen(app, _list_report_kinds)
    background.register(app, "bureau.remind_of_content", 3600, service.remind_of_content)


def _list_approval_kinds() -> list[ApprovalKind]:
    return [ApprovalKind(service.PUBLISHING, service.publish_approved, service.tell_approval)]


def _list_report_kinds() -> list[ReportKind]:
    return [
        ReportKind(roster.CHECK, roster.run_check, right=Right.manage_roster, title=_l("核对名册")),
        ReportKind(roster.APPLICATION, roster.run_application, right=Right.manage_roster, title=_l("导入名册")),
        ReportKind(roster.UNDOING, roster.run_undoing, right=Right.manage_roster, title=_l("撤销导入")),
    ]
