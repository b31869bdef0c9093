"""Registers the auditor's staff jobs."""

from flask import Flask
from flask_babel import lazy_gettext as _l

from app.oversight import service
from app.staff.rights import Right
from app.staff_jobs.service import StaffJobKind, provide_staff_job_kinds


def register(app: Flask) -> None:
    provide_staff_job_kinds.listen(app, _list_staff_job_kinds)


def _list_staff_job_kinds() -> list[StaffJobKind]:
    return [
        StaffJobKind(service.EXPORT, service.run_export, right=Right.read_audit, title=_l("导出操作日志")),
        StaffJobKind(service.VERIFICATION, service.run_verification, right=Right.read_audit, title=_l("核验操作日志")),
    ]
