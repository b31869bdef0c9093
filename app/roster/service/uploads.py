"""Files uploaded through the web: encrypted while they arrive, kept until they are applied or `roster_keep_days` are over."""

import hashlib
import io
import secrets
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import timedelta
from typing import TYPE_CHECKING

from flask_babel import gettext as _
from sqlalchemy import select, update

from app.core import audit, blobs, clock, sealed_files
from app.core.db import after_commit, db, transaction
from app.core.errors import DomainError, NotFound
from app.core.settings import settings
from app.core.statements import won
from app.roster.audit_tags import RosterTag
from app.roster.models import RosterUpload
from app.roster.providers import RosterSource
from app.roster.providers.files import open_stream

if TYPE_CHECKING:
    from _typeshed import ReadableBuffer

FOLDER = "roster"
_READ_BYTES = 1 << 20


class Receiving(sealed_files.SealedWriter):
    """A file being received; what has arrived is already encrypted. If closed before `keep_upload`, it leaves nothing."""

    def __init__(self) -> None:
        super().__init__(f"{FOLDER}/{secrets.token_hex(16)}")
        self._digest = hashlib.sha256()

    def write(self, data: "ReadableBuffer") -> int:
        self._digest.update(data)
        return super().write(data)

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        """Does nothing: the form parser rewinds the file it has written, but nobody reads this one here."""
        return 0

    @property
    def content_hash(self) -> str:
        return self._digest.hexdigest()


def keep_upload(file: Receiving, title: str, *, by: str, ignored_columns: str = "") -> RosterUpload:
    """Stores an upload. by: `staff:id`. title: the browser's name of it. Raises `no_file`, `file_empty`, `store_unavailable`."""
    name = "".join(char for char in title.replace("\\", "/").rpartition("/")[2] if char.isprintable())[-200:]
    if not name:
        raise DomainError("no_file", _("还没有选文件。"), _("请先选好名册文件，再点“上传并核对”。"), field="file")
    if not file.size:
        raise DomainError("file_empty", _("这个文件是空的，里面没有内容。"), _("请核对后重新选。"), field="file")
    try:
        file.finish()
    except blobs.StoreUnavailable:
        raise DomainError("store_unavailable", _("现在存不了文件，没有收下。"), _("请过几分钟再试。"), status=503) from None
    try:
        return _enter(file, name, by, "\n".join(ignored_columns.replace("，", ",").replace("、", ",").split(","))[:400])
    except BaseException:
        sealed_files.delete_sealed(file.name)
        raise


def require_applicable(upload: RosterUpload) -> None:
    """Raises DomainError unless it is there, checked and not applied: `already_applied`, `upload_gone`, `not_checked`."""
    if upload.applied_at is not None:
        raise DomainError("already_applied", _("这个文件已经导入过了。"), _("要再导入一次，请重新上传。"), status=409)
    if upload.file_name is None:
        raise DomainError("upload_gone", _("这个文件已经删除了。"), _("请重新上传。"), status=409)
    if upload.checked_hash != upload.content_hash:
        raise DomainError("not_checked", _("这个文件还没有核对完。"), _("请先看核对的结果，再导入。"), status=409)


@transaction()
def _enter(file: Receiving, title: str, by: str, ignored: str) -> RosterUpload:
    now = clock.now()
    upload = RosterUpload(
        by=by,
        title=title,
        file_name=file.name,
        size=file.size,
        content_hash=file.content_hash,
        ignored_columns=ignored,
        uploaded_at=now,
        delete_after=now + timedelta(days=settings.roster_keep_days),
    )
    db.session.add(upload)
    db.session.flush()
    audit.record(RosterTag.uploaded, actor=by, subject=upload.subject, bytes=file.size, sha256=file.content_hash)
    return upload


@contextmanager
def reading_upload(upload: RosterUpload) -> Iterator[RosterSource]:
    """The file as a source, after verifying that it is exactly what was sent. Raises SourceRefused, DomainError, NotFound."""
    name, title, size, wanted = upload.file_name, upload.title, upload.size, upload.content_hash
    if name is None:
        raise NotFound(_("这个文件已经删除了。"))
    try:
        file = sealed_files.open_sealed(name)
        with suppress_closed(file):
            digest = hashlib.sha256()
            while block := file.read(_READ_BYTES):
                digest.update(block)
            if digest.hexdigest() != wanted:
                raise sealed_files.CorruptFile(name)
            file.seek(0)
            source = open_stream(file, title, size)
            try:
                yield source
            finally:
                source.close()
    except (blobs.NoSuchBlob, blobs.StoreUnavailable, sealed_files.CorruptFile):
        raise DomainError(
            "upload_unreadable", _("上传的文件现在打不开。"), _("名册没有任何改动。请重新上传。"), status=503
        ) from None


@contextmanager
def suppress_closed(file: io.BufferedReader) -> Iterator[None]:
    try:
        yield
    finally:
        with suppress(ValueError):
            file.close()


def ignored_columns_of(upload: RosterUpload) -> tuple[str, ...]:
    return tuple(column.strip() for column in upload.ignored_columns.split("\n") if column.strip())


@transaction()
def discard_upload(upload_id: int, *, by: str) -> bool:
    """Deletes the file and keeps the row. False if the file was deleted before."""
    name = db.session.scalar(select(RosterUpload.file_name).where(RosterUpload.id == upload_id))
    is_gone = won(update(RosterUpload).where(RosterUpload.id == upload_id, RosterUpload.file_name == name).values(file_name=None))
    if name is None or not is_gone:
        return False
    audit.record(RosterTag.upload_deleted, actor=by, subject=RosterUpload.subject_of(upload_id))
    after_commit(lambda: _delete_quietly(name))
    return True


@transaction()
def note_applied(upload_id: int, *, by: str) -> None:
    """Notes that the file was imported, and deletes it. Noted again, the first moment stays."""
    is_first = (RosterUpload.id == upload_id, RosterUpload.applied_at.is_(None))
    db.session.execute(update(RosterUpload).where(*is_first).values(applied_at=clock.now()))
    discard_upload(upload_id, by=by)


def _delete_quietly(name: str) -> None:
    with suppress(blobs.StoreUnavailable):  # `expire_uploads` will delete it later
        sealed_files.delete_sealed(name)


def expire_uploads() -> None:
    """Deletes files not applied within `roster_keep_days`, and those of uploads broken off more than a day ago."""
    now = clock.now()
    due = select(RosterUpload.id).where(RosterUpload.delete_after < now, RosterUpload.file_name.is_not(None)).limit(100)
    for upload_id in list(db.session.scalars(due)):
        discard_upload(upload_id, by="system")
    for name in [name for name, written in sealed_files.list_sealed(FOLDER) if written < now - blobs.ORPHAN_AFTER]:
        if db.session.scalar(select(RosterUpload.id).where(RosterUpload.file_name == name)) is None:
            _delete_quietly(name)
