from flask import Flask

from app.core import audit, background, jobs, sealed_files
from app.core.database.named_files import NamedFiles, name_files
from app.roster import service
from app.roster.audit_tags import RosterTag
from app.roster.models import RosterUpload
from app.roster.service.uploads import FOLDER


def register(app: Flask) -> None:
    audit.tell_log(app, RosterTag.status_changed, RosterTag.imported, RosterTag.undone)
    name_files(
        app, NamedFiles(FOLDER, (RosterUpload.file_name,), sealed_files.opens, sealed_files.HEAD_ENDING, sealed_files.reseal)
    )
    jobs.every(app, "roster.expire_uploads", background.HOUR, service.expire_uploads)
    jobs.every(app, "roster.expire_searches", background.HOUR, service.expire_searches)
    jobs.every(app, "roster.forget_formers", background.DAY, service.forget_formers)
    jobs.every(app, "roster.fold_names", background.DAY, service.fold_names)
