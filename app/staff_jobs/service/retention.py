"""Deletes files and rows of staff jobs when their time is over."""

from datetime import UTC, datetime, timedelta

from sqlalchemy import delete, select, update

from app.core import blobs, clock, sealed_files
from app.core.db import db, transaction
from app.core.settings import settings
from app.staff_jobs.models import StaffJob, StaffJobState
from app.staff_jobs.service.running import FOLDER

_AT_ONCE = 500


def delete_old() -> None:
    """Deletes files after `staff_job_file_days`, rows after `staff_job_keep_days`, other leftovers after `ORPHAN_AFTER`."""
    for name in _forget_files():
        sealed_files.delete_sealed(name)
    _forget_rows()
    limit = clock.now() - blobs.ORPHAN_AFTER
    for name in [name for name, written in sealed_files.list_sealed(FOLDER) if written < limit]:
        if db.session.scalar(select(StaffJob.id).where(StaffJob.file_name == name)) is None:
            sealed_files.delete_sealed(name)
    folder = settings.instance_path / "scratch"
    for path in folder.glob("report-*"):
        if datetime.fromtimestamp(path.stat().st_mtime, UTC) < limit:
            path.unlink(missing_ok=True)


@transaction()
def _forget_files() -> list[str]:
    due = db.session.execute(
        select(StaffJob.id, StaffJob.file_name).where(StaffJob.file_deleted_after < clock.now()).limit(_AT_ONCE)
    ).all()
    ids = [row.id for row in due]
    db.session.execute(update(StaffJob).where(StaffJob.id.in_(ids)).values(file_name=None, file_deleted_after=None))
    return [row.file_name for row in due if row.file_name]


@transaction()
def _forget_rows() -> None:
    limit = clock.now() - timedelta(days=settings.staff_job_keep_days)
    settled = StaffJob.state.in_((StaffJobState.done, StaffJobState.failed))
    old = select(StaffJob.id).where(settled, StaffJob.finished_at < limit, StaffJob.file_name.is_(None)).limit(_AT_ONCE)
    db.session.execute(delete(StaffJob).where(StaffJob.id.in_(old)))
