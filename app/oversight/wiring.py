"""What the auditor has made in the background."""

from flask import Flask
from flask_babel import lazy_gettext as _l

from app.oversight import service
from app.reports.service import ReportKind, provide_report_kinds
from app.staff.rights import Right


def register(app: Flask) -> None:
    provide_report_kinds.listen(app, _list_report_kinds)


def _list_report_kinds() -> list[ReportKind]:
    return [
        ReportKind(service.EXPORT, service.run_export, right=Right.read_audit, title=_l("导出操作日志")),
        ReportKind(service.VERIFICATION, service.run_verification, right=Right.read_audit, title=_l("核验操作日志")),
    ]
