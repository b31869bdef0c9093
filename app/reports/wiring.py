from flask import Flask

from app.core import background, jobs, sealed_files
from app.core.database.named_files import NamedFiles, name_files
from app.reports import service
from app.reports.models import Report
from app.reports.service.running import FOLDER


def register(app: Flask) -> None:
    name_files(app, NamedFiles(FOLDER, (Report.file_name,), sealed_files.opens, sealed_files.HEAD_ENDING, sealed_files.reseal))
    jobs.register(app, service.RUN_REPORT, service.run_report)
    jobs.every(app, "reports.delete_old", background.HOUR, service.delete_old)
