from flask import Flask

from app.core import jobs
from app.documents import service

HOUR, DAY = 3600.0, 86400.0


def register(app: Flask) -> None:
    jobs.register(app, service.READ_PDF, service.read_pdf)
    jobs.every(app, "documents.delete_expired", HOUR, service.delete_expired)
    jobs.every(app, "documents.expire_uploads", HOUR, service.expire_uploads)
    jobs.every(app, "documents.sweep_orphans", DAY, service.sweep_orphans)
