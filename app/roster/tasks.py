from flask import Flask

from app.core import jobs
from app.roster import service

HOUR, DAY = 3600.0, 86400.0


def register(app: Flask) -> None:
    jobs.every(app, "roster.expire_uploads", HOUR, service.expire_uploads)
    jobs.every(app, "roster.expire_searches", HOUR, service.expire_searches)
    jobs.every(app, "roster.forget_formers", DAY, service.forget_formers)
