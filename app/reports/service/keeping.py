"""Files and rows of reports go when their time is over."""

from datetime import UTC, datetime, timedelta

from sqlalchemy import delete, select, update

from app.core import blobs, clock, sealed_files
from app.core.db import db, transaction
from app.core.settings import settings
from app.reports.models import Report, ReportState
from app.reports.service.running import FOLDER

_AT_ONCE = 500


def delete_old() -> None:
    """Files after `report_file_days`, rows after `report_keep_days`, scratch and files no row names after a day."""
    for name in _forget_files():
        sealed_files.delete_sealed(name)
    _forget_rows()
    limit = clock.now() - blobs.ORPHAN_AFTER
    for name in [name for name, written in sealed_files.list_sealed(FOLDER) if written < limit]:
        if db.session.scalar(select(Report.id).where(Report.file_name == name)) is None:
            sealed_files.delete_sealed(name)
    folder = settings.instance_path / "scratch"
    for path in folder.glob("report-*"):
        if datetime.fromtimestamp(path.stat().st_mtime, UTC) < limit:
            path.unlink(missing_ok=True)


@transaction()
def _forget_files() -> list[str]:
    due = db.session.execute(
        select(Report.id, Report.file_name).where(Report.file_deleted_after < clock.now()).limit(_AT_ONCE)
    ).all()
    ids = [row.id for row in due]
    db.session.execute(update(Report).where(Report.id.in_(ids)).values(file_name=None, file_deleted_after=None))
    return [row.file_name for row in due if row.file_name]


@transaction()
def _forget_rows() -> None:
    limit = clock.now() - timedelta(days=settings.report_keep_days)
    settled = Report.state.in_((ReportState.done, ReportState.failed))
    old = select(Report.id).where(settled, Report.finished_at < limit, Report.file_name.is_(None)).limit(_AT_ONCE)
    db.session.execute(delete(Report).where(Report.id.in_(old)))
