"""A file in pieces: begun, continued where it stopped, joined. Pieces that have arrived stay, so a broken connection costs one.

Each piece is sealed under its own name. The one conditional UPDATE on `received` decides which piece counts when two
arrive at once.
"""

import secrets
import tempfile
from datetime import timedelta

from sqlalchemy import delete, func, or_, select, update

from app.accounts.models import Account
from app.core import blobs, clock
from app.core.crypto import vault
from app.core.db import after_commit, db, transaction
from app.core.errors import DomainError
from app.core.settings import settings
from app.core.statements import won
from app.documents import queries, store
from app.documents.kinds import Unfit
from app.documents.models import DocumentPage, DocumentUpload
from app.documents.policy import require_upload
from app.documents.service.accepting import accept_page, forget, lock_owner, require_room, require_size
from app.documents.service.refusals import refusal, store_unavailable

UPLOADS_FOLDER = "uploads"
PIECE_BYTES = 512 * 1024
MOST_OPEN = 12  # fixed: per person; two for each file of an application
JOINING_TAKES = timedelta(minutes=5)  # fixed: after that the process joining the pieces must have died
DONE_KEPT = timedelta(days=1)  # fixed: so that a browser that missed the response still gets it


def begin_upload(owner: Account, *, subject: str, slot: str, size: int, fingerprint: str) -> DocumentUpload:
    """A new upload, or the unfinished one of the same file. size: in bytes, checked before any is read.

    fingerprint: whatever names the file on its device; only its keyed hash is kept. Raises DomainError, NotFound.
    """
    wanted = require_upload(owner, subject, slot)
    known_by = vault.keyed_hash("upload", f"{size}:{fingerprint}")
    try:
        require_size(size)
        with transaction():
            lock_owner(owner.id)
            found = queries.find_unfinished(owner.id, subject, slot, known_by)
            if found is not None:
                return found
            require_room(owner.id, subject, size)
            if _count_open(owner.id) >= MOST_OPEN:
                raise Unfit("too_many_uploads")
            token = secrets.token_hex(16)
            upload = DocumentUpload(
                owner_account_id=owner.id,
                subject=subject,
                slot=wanted,
                size=size,
                fingerprint_hash=known_by,
                folder=f"{UPLOADS_FOLDER}/{token}",
                created_at=clock.now(),
            )
            db.session.add(upload)
            db.session.flush()
            return upload
    except Unfit as error:
        raise refusal(error.code) from None


def append_piece(upload: DocumentUpload, offset: int, data: bytes) -> bool:
    """Adds the bytes that follow those already here. False when they do not follow: read `received` and continue from there."""
    if upload.page_id is not None or offset != upload.received or not data:
        return False
    if len(data) > PIECE_BYTES or offset + len(data) > upload.size:
        raise refusal("upload_broken")
    name = piece_name(upload, offset)
    try:
        store.put(name, data)
    except blobs.StoreUnavailable:
        raise store_unavailable() from None
    return _count_piece(upload.id, offset, upload.pieces, len(data))


@transaction()
def _count_piece(upload_id: int, offset: int, pieces: str, length: int) -> bool:
    return won(
        update(DocumentUpload)
        .where(DocumentUpload.id == upload_id, DocumentUpload.received == offset, DocumentUpload.page_id.is_(None))
        .values(received=offset + length, pieces=f"{pieces}{offset},")
    )


def join_pieces(upload: DocumentUpload, owner: Account) -> DocumentPage | None:
    """Once all bytes are here: the file becomes a page. None while another request is joining it.

    A refused file is deleted with its pieces, so that the person can send another. Raises DomainError.
    """
    if upload.page_id is not None:
        return queries.find_page(owner.id, upload.page_id)
    if upload.received != upload.size or not _claim(upload.id):
        return None
    names = piece_names(upload)
    upload_id, subject, slot = upload.id, upload.subject, upload.slot.value
    with tempfile.SpooledTemporaryFile(max_size=settings.document_max_megabytes << 20) as whole:
        try:
            for name in names:
                whole.write(store.get(name))
            if whole.tell() != upload.size:
                raise refusal("upload_broken")
            page = accept_page(owner=owner, subject=subject, slot=slot, stream=whole)
        except (blobs.NoSuchBlob, store.Unreadable):
            _drop(upload_id, names)
            raise refusal("upload_broken") from None
        except blobs.StoreUnavailable:
            _release(upload_id)
            raise store_unavailable() from None
        except DomainError as error:
            if error.status == 503:
                _release(upload_id)
            else:
                _drop(upload_id, names)
            raise
    _finish(upload_id, page.id, names)
    return page


@transaction()
def _claim(upload_id: int) -> bool:
    now = clock.now()
    is_free = or_(DocumentUpload.joined_at.is_(None), DocumentUpload.joined_at < now - JOINING_TAKES)
    return won(
        update(DocumentUpload)
        .where(DocumentUpload.id == upload_id, DocumentUpload.page_id.is_(None), is_free)
        .values(joined_at=now)
    )


@transaction()
def _release(upload_id: int) -> None:
    db.session.execute(update(DocumentUpload).where(DocumentUpload.id == upload_id).values(joined_at=None))


@transaction()
def _finish(upload_id: int, page_id: int, names: list[str]) -> None:
    db.session.execute(update(DocumentUpload).where(DocumentUpload.id == upload_id).values(page_id=page_id, pieces=""))
    after_commit(lambda: forget(names))


@transaction()
def _drop(upload_id: int, names: list[str]) -> None:
    db.session.execute(delete(DocumentUpload).where(DocumentUpload.id == upload_id))
    after_commit(lambda: forget(names))


def discard_upload(upload: DocumentUpload) -> None:
    """The person has given the upload up."""
    _drop(upload.id, piece_names(upload))


def expire_uploads() -> int:
    """Deletes uploads not finished within `document_draft_days`, and the rows of finished ones after DONE_KEPT."""
    old = clock.now() - timedelta(days=settings.document_draft_days)
    is_done = DocumentUpload.page_id.is_not(None) & (DocumentUpload.created_at < clock.now() - DONE_KEPT)
    uploads = list(db.session.scalars(select(DocumentUpload).where(or_(DocumentUpload.created_at < old, is_done)).limit(1000)))
    for upload_id, names in [(upload.id, piece_names(upload)) for upload in uploads]:
        _drop(upload_id, names)
    return len(uploads)


def piece_name(upload: DocumentUpload, offset: int) -> str:
    return f"{upload.folder}/{offset:08d}"


def piece_names(upload: DocumentUpload) -> list[str]:
    return [piece_name(upload, int(offset)) for offset in upload.pieces.split(",") if offset]


def _count_open(owner_id: int) -> int:
    wanted = select(func.count()).where(DocumentUpload.owner_account_id == owner_id, DocumentUpload.page_id.is_(None))
    return db.session.scalar(wanted) or 0
