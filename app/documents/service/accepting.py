"""Taking a file: measured, recognised, decoded, written anew, sealed, and only then entered."""

import secrets
from typing import BinaryIO

from sqlalchemy import select

from app.accounts.models import Account
from app.core import audit, blobs, clock, jobs
from app.core.db import db, transaction
from app.core.logs import log
from app.core.settings import settings
from app.documents import queries, store
from app.documents.images import Picture, reencode
from app.documents.kinds import HEAD_BYTES, Kind, Unfit, kind_of
from app.documents.models import DocumentPage, DocumentTag, PageState, Slot
from app.documents.policy import require_upload
from app.documents.service.refusals import refusal, store_unavailable

READ_PDF = "documents.read_pdf"
PAGES_FOLDER, SOURCES_FOLDER = "pages", "sources"
POSITIONS_A_FILE = 100  # so that the pages of a PDF stay together
_MEGABYTE = 1 << 20


def accept_page(*, owner: Account, subject: str, slot: str, stream: BinaryIO, name: str = "") -> DocumentPage:
    """Keeps one file as a page: a photo is `ready` at once, a PDF is `received` until its job has drawn its pages.

    stream: seekable. name: as the browser says; never looked at and never kept, because a name may be a person's. Decodes, so call
    it outside any transaction. Raises DomainError with a sentence for the person (`refusals`), NotFound when this account may not.
    """
    wanted = require_upload(owner, subject, slot)
    owner_id = owner.id
    try:
        kind = measure(stream)
        require_room(owner_id, subject, 0)
        if kind is Kind.pdf:
            stream.seek(0)
            return _enter_pdf(owner_id, subject, wanted, stream.read())
        picture = reencode(
            stream, kind, max_side=settings.document_max_side, max_pixels=settings.document_max_megapixels * 1_000_000
        )
        return _enter_picture(owner_id, subject, wanted, picture)
    except Unfit as error:
        _note_refused(owner_id, subject, wanted, error.code)
        raise refusal(error.code) from None


def measure(stream: BinaryIO) -> Kind:
    """What it is, if its size is taken at all, without reading more than the head. Raises Unfit."""
    require_size(stream.seek(0, 2))
    stream.seek(0)
    kind = kind_of(stream.read(HEAD_BYTES))
    if kind is None:
        raise Unfit("unknown_kind")
    return kind


def require_size(size: int) -> None:
    """size in bytes, measured or announced. Raises Unfit."""
    if size < 1:
        raise Unfit("empty")
    if size > settings.document_max_megabytes * _MEGABYTE:
        raise Unfit("too_large")


def require_room(owner_id: int, subject: str, size: int) -> None:
    """Raises Unfit when the application has its files or the person their space. Exact only under `lock_owner`."""
    if queries.count_files(subject) >= settings.document_max_files:
        raise Unfit("too_many_files")
    if queries.count_bytes(owner_id) + size > settings.document_quota_megabytes * _MEGABYTE:
        raise Unfit("quota_full")


def lock_owner(owner_id: int) -> None:
    """Until this transaction ends, nobody else counts or enters this person's papers."""
    db.session.execute(select(Account.id).where(Account.id == owner_id).with_for_update(key_share=True))


def new_name(folder: str) -> str:
    token = secrets.token_hex(16)
    return f"{folder}/{token[:2]}/{token}"


def keep(folder: str, data: bytes) -> str:
    """The random name under which the sealed bytes now are. Raises DomainError when the store does not answer."""
    name = new_name(folder)
    try:
        store.put(name, data)
    except blobs.StoreUnavailable as error:
        log.error("documents_store_failed", reason=str(error))
        raise store_unavailable() from None
    return name


def forget(names: list[str]) -> None:
    """Deletes what no row names any more; what cannot be deleted now, the sweep finds later."""
    for name in names:
        try:
            store.delete(name)
        except blobs.StoreUnavailable as error:
            log.warning("documents_delete_failed", reason=str(error))


def _enter_picture(owner_id: int, subject: str, slot: Slot, picture: Picture) -> DocumentPage:
    name = keep(PAGES_FOLDER, picture.jpeg)
    page = _new_page(owner_id, subject, slot, PageState.ready)
    page.object_name, page.byte_count = name, len(picture.jpeg)
    page.width, page.height = picture.width, picture.height
    return _enter(page, name)


def _enter_pdf(owner_id: int, subject: str, slot: Slot, pdf: bytes) -> DocumentPage:
    name = keep(SOURCES_FOLDER, pdf)
    page = _new_page(owner_id, subject, slot, PageState.received)
    page.source_name, page.byte_count = name, len(pdf)
    return _enter(page, name)


def _new_page(owner_id: int, subject: str, slot: Slot, state: PageState) -> DocumentPage:
    return DocumentPage(
        owner_account_id=owner_id,
        subject=subject,
        slot=slot,
        position=0,
        state=state,
        file_key=secrets.token_hex(8),
        created_at=clock.now(),
        delete_after=None,
    )


def _enter(page: DocumentPage, name: str) -> DocumentPage:
    try:
        with transaction():
            lock_owner(page.owner_account_id)
            require_room(page.owner_account_id, page.subject, page.byte_count)
            highest = queries.find_highest_position(page.subject, page.slot)
            page.position = (highest // POSITIONS_A_FILE + 1) * POSITIONS_A_FILE
            page.delete_after = queries.find_kept_until(page.subject, page.created_at)
            db.session.add(page)
            db.session.flush()
            audit.record(
                DocumentTag.received,
                actor=f"account:{page.owner_account_id}",
                subject=page.subject,
                page=page.id,
                slot=page.slot.value,
                bytes=page.byte_count,
            )
            if page.state is PageState.received:
                jobs.enqueue(READ_PDF, page_id=page.id)
    except BaseException:
        forget([name])
        raise
    return page


@transaction()
def _note_refused(owner_id: int, subject: str, slot: Slot, code: str) -> None:
    audit.record(DocumentTag.refused, actor=f"account:{owner_id}", subject=subject, outcome=code, slot=slot.value)
