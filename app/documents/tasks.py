from flask import Flask

from app.core import background, jobs, store_mark
from app.documents import queries, service, store

HOUR, DAY = 3600.0, 86400.0


def register(app: Flask) -> None:
    jobs.register(app, service.READ_PDF, service.read_pdf)
    jobs.every(app, "documents.delete_expired", HOUR, service.delete_expired)
    jobs.every(app, "documents.expire_uploads", HOUR, service.expire_uploads)
    jobs.every(app, "documents.sweep_orphans", DAY, service.sweep_orphans)
    store_mark.keep_here(app, store_mark.Keeper("pages", queries.list_newest_names, store.opens))
    background.register(app, "documents.watch", store_mark.WATCH_SECONDS, store_mark.watch)
