from flask import Flask

from app.core import background, jobs, store_mark
from app.core.database.named_files import NamedFiles, name_files
from app.documents import queries, service, store
from app.documents.models import DocumentPage
from app.documents.service.accepting import PAGES_FOLDER, SOURCES_FOLDER
from app.documents.service.uploads import UPLOADS_FOLDER


def register(app: Flask) -> None:
    name_files(app, NamedFiles(PAGES_FOLDER, (DocumentPage.object_name,), store.opens, reseal=store.reseal))
    name_files(app, NamedFiles(SOURCES_FOLDER, (DocumentPage.source_name,), store.opens, reseal=store.reseal))
    name_files(app, NamedFiles(UPLOADS_FOLDER, (), store.opens, reseal=store.reseal))
    jobs.register(app, service.READ_PDF, service.read_pdf)
    jobs.every(app, "documents.delete_expired", background.HOUR, service.delete_expired)
    jobs.every(app, "documents.expire_uploads", background.HOUR, service.expire_uploads)
    jobs.every(app, "documents.sweep_orphans", background.DAY, service.sweep_orphans)
    store_mark.keep_here(app, store_mark.Keeper("pages", queries.list_newest_names, store.is_own))
    background.register(app, "documents.watch", store_mark.WATCH_SECONDS, store_mark.watch)
