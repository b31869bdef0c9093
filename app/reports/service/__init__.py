"""The verbs of reports; the only writer of their table."""

from app.reports.kinds import Outcome as Outcome
from app.reports.kinds import Progress as Progress
from app.reports.kinds import Replaced as Replaced
from app.reports.kinds import ReportKind as ReportKind
from app.reports.kinds import provide_report_kinds as provide_report_kinds
from app.reports.service.asking import open_file as open_file
from app.reports.service.asking import start_report as start_report
from app.reports.service.keeping import delete_old as delete_old
from app.reports.service.running import RUN_REPORT as RUN_REPORT
from app.reports.service.running import run_report as run_report
from app.reports.service.running import scratch_file as scratch_file
