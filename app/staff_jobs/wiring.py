from flask import Flask

from app.core import background, jobs, sealed_files
from app.core.database.named_files import NamedFiles, name_files
from app.staff_jobs import service
from app.staff_jobs.models import StaffJob
from app.staff_jobs.service.running import FOLDER


def register(app: Flask) -> None:
    name_files(app, NamedFiles(FOLDER, (StaffJob.file_name,), sealed_files.opens, sealed_files.HEAD_ENDING, sealed_files.reseal))
    jobs.register(app, service.RUN_STAFF_JOB, service.run_staff_job)
    jobs.every(app, "reports.delete_old", background.HOUR, service.delete_old)
