"""Running a staff job: each run claims a new number, so that only the newest counts; the job is settled once, done or failed."""

import json
import secrets
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import update

from app.core import audit, blobs, clock, jobs, outages, sealed_files
from app.core.db import bare_transaction, begin_writing, db, is_writing, transaction
from app.core.errors import DomainError
from app.core.logs import log
from app.core.settings import settings
from app.core.statements import changed, won
from app.staff.models import StaffMember
from app.staff.rights import has_right
from app.staff_jobs.audit_tags import StaffJobTag
from app.staff_jobs.kinds import Outcome, Replaced, StaffJobKind, find_kind
from app.staff_jobs.models import StaffJob, StaffJobState

RUN_STAFF_JOB = "reports.run"
FOLDER = "reports"
MOST_ATTEMPTS = 3  # fixed: a job whose process died three times is its cause; it is given up, and its page says so
_WRITE_SECONDS = 1.0  # fixed: how often the page's bar moves
_RENEW_SECONDS = 60.0  # fixed: well within the lease of a job
_COPY_BYTES = 1 << 20


def run_staff_job(report_id: int) -> None:
    """The background task. It leaves a settled staff job as it is; one whose process died is run again, a few times."""
    claimed = _claim(report_id)
    if claimed is None:
        return
    kind, attempt = claimed
    try:
        staff_job = db.session.get_one(StaffJob, report_id)
        if attempt > MOST_ATTEMPTS:
            raise DomainError("process_lost", _("这项任务几次都中断了，没有做完。"), _("请再试一次；还是不行请联系系统管理员。"))
        outcome = _permitted(kind, staff_job).run(staff_job, _Written(report_id, attempt))
        _finish(report_id, attempt, outcome)
    except Replaced:
        log.warning("report_replaced", report=report_id, attempt=attempt)
    except DomainError as refused:
        _fail(report_id, attempt, refused.code, refused.what, refused.next)
    except Exception as error:
        if outages.is_store_failure(error):  # the staff job is unchanged: its background task will be retried
            raise
        log.exception("report_failed", report=report_id, kind=kind)
        _fail(report_id, attempt, "failed", _("任务出了问题，没有做完。"), _("请再试一次；还是不行请联系系统管理员。"))
    finally:
        db.session.rollback()


@contextmanager
def scratch_file(suffix: str = ".csv") -> Iterator[Path]:
    """The path of a new file for an Outcome, readable only by this process's user; removed if the block fails."""
    folder = settings.instance_path / "scratch"
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(suffix=suffix, prefix="report-", dir=folder)
    path = Path(name)
    open(handle, "wb").close()
    try:
        yield path
    except BaseException:
        path.unlink(missing_ok=True)
        raise


class _Written:
    """The Progress of one run, written over its own database connection."""

    def __init__(self, report_id: int, attempt: int) -> None:
        self._report_id, self._attempt = report_id, attempt
        self._written = self._renewed = float("-inf")

    def __call__(self, done: int, total: int | None = None) -> None:
        now = time.monotonic()
        if is_writing() or now - self._written < _WRITE_SECONDS:
            return
        self._written = now
        try:
            counted = self._write(done, total)
            if now - self._renewed >= _RENEW_SECONDS:
                jobs.renew()
                self._renewed = now
        except Exception as error:  # the work must go on even if its progress cannot be stored
            if not outages.is_store_failure(error):
                raise
            outages.store_failed(error)
            return
        if not counted:
            raise Replaced

    def _write(self, done: int, total: int | None) -> int:
        with bare_transaction() as connection:
            begin_writing(connection)
            return changed(
                update(StaffJob)
                .where(StaffJob.id == self._report_id, StaffJob.attempt == self._attempt, StaffJob.state == StaffJobState.running)
                .values(done=done, total=total, seen_at=clock.now()),
                on=connection,
            )


def _permitted(name: str, staff_job: StaffJob) -> StaffJobKind:
    """Checks the right again: the asker may have lost it since they asked."""
    kind, member = find_kind(name), db.session.get_one(StaffMember, staff_job.staff_id)
    if kind is None or member.disabled_at is not None or not has_right(member.roles, kind.right):
        raise DomainError("forbidden", _("您的岗位已经不能办这件事，任务没有做。"), _("需要这项权限时，请找安全管理员。"))
    return kind


@transaction()
def _claim(report_id: int) -> tuple[str, int] | None:
    now = clock.now()
    if not won(
        update(StaffJob)
        .where(StaffJob.id == report_id, StaffJob.state.in_((StaffJobState.waiting, StaffJobState.running)))
        .values(state=StaffJobState.running, started_at=now, seen_at=now, attempt=StaffJob.attempt + 1, done=0, total=None)
    ):
        return None
    staff_job = db.session.get_one(StaffJob, report_id, populate_existing=True)
    return staff_job.kind, staff_job.attempt


def _finish(report_id: int, attempt: int, outcome: Outcome) -> None:
    name = None
    try:
        if outcome.file is not None:
            name = _keep(outcome.file)
        if not _settle(report_id, attempt, outcome, name):
            raise Replaced
    except BaseException:
        if name is not None:
            sealed_files.delete_sealed(name)
        raise
    finally:
        if outcome.file is not None:
            outcome.file.unlink(missing_ok=True)


def _keep(path: Path) -> str:
    name = f"{FOLDER}/{secrets.token_hex(16)}"
    try:
        with path.open("rb") as file, sealed_files.SealedWriter(name) as sealed:
            while block := file.read(_COPY_BYTES):
                sealed.write(block)
            sealed.finish()
    except blobs.StoreUnavailable:
        raise DomainError("store_unavailable", _("任务做完了，但是文件现在存不了。"), _("请过几分钟再做一次。")) from None
    return name


@transaction()
def _settle(report_id: int, attempt: int, outcome: Outcome, name: str | None) -> bool:
    now = clock.now()
    values: dict[str, Any] = {
        "state": StaffJobState.done,
        "finished_at": now,
        "result": json.dumps(outcome.result, ensure_ascii=False),
    }
    if name is not None:
        after = now + timedelta(days=settings.staff_job_file_days)
        values |= {"file_name": name, "file_title": outcome.file_title[:200], "file_deleted_after": after}
    return _end(report_id, attempt, StaffJobTag.finished, "ok", values)


@transaction()
def _fail(report_id: int, attempt: int, code: str, what: str, after: str) -> None:
    result = json.dumps({"code": code, "what": str(what), "next": str(after)}, ensure_ascii=False)
    values = {"state": StaffJobState.failed, "finished_at": clock.now(), "result": result}
    _end(report_id, attempt, StaffJobTag.failed, code, values)


def _end(report_id: int, attempt: int, tag: StaffJobTag, outcome: str, values: dict[str, Any]) -> bool:
    if not won(
        update(StaffJob)
        .where(StaffJob.id == report_id, StaffJob.attempt == attempt, StaffJob.state == StaffJobState.running)
        .values(**values)
    ):
        return False
    staff_job = db.session.get_one(StaffJob, report_id, populate_existing=True)
    audit.record(
        tag,
        actor=StaffMember.actor_of(staff_job.staff_id),
        subject=StaffJob.subject_of(report_id),
        outcome=outcome,
        kind=staff_job.kind,
    )
    return True
