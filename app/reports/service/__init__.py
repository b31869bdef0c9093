"""The verbs of reports; the only writer of their table."""

from app.reports.kinds import Outcome, Progress, Replaced, ReportKind, provide_report_kinds
from app.reports.service.asking import open_file, start_report
from app.reports.service.keeping import delete_old
from app.reports.service.running import RUN_REPORT, run_report, scratch_file

__all__ = [
    "RUN_REPORT",
    "Outcome",
    "Progress",
    "Replaced",
    "ReportKind",
    "delete_old",
    "open_file",
    "provide_report_kinds",
    "run_report",
    "scratch_file",
    "start_report",
]
