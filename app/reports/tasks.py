from flask import Flask

from app.core import jobs
from app.reports import service

HOUR = 3600.0


def register(app: Flask) -> None:
    jobs.register(app, service.RUN_REPORT, service.run_report)
    jobs.every(app, "reports.delete_old", HOUR, service.delete_old)
