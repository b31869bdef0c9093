"""Accepting a file: measured, recognised, decoded, re-encoded, sealed, and only then entered as a row."""

import secrets
from typing import IO

from sqlalchemy import select

from app.accounts.models import Account
from app.core import audit, blobs, clock, jobs
from app.core.bodies import MEGABYTE
from app.core.db import db, transaction
from app.core.errors import DomainError
from app.core.gate import Busy, Gate
from app.core.logs import log
from app.core.settings import settings
from app.documents import queries, store
from app.documents.audit_tags import DocumentTag
from app.documents.drawn import Picture
from app.documents.images import reencode, require_decodable
from app.documents.kinds import HEAD_BYTES, Kind, Unfit, kind_of, other_kind_of
from app.documents.models import DocumentPage, PageState, Slot
from app.documents.policy import require_upload
from app.documents.service.refusals import photos_busy, refusal, store_unavailable

READ_PDF = "documents.read_pdf"
PAGES_FOLDER, SOURCES_FOLDER = "pages", "sources"
POSITIONS_A_FILE = 100  # so that the pages of a PDF stay together
_WAIT_SECONDS = 1.5  # fixed: while another's photo is decoded; afterwards the browser retries by itself
_photo_gate = Gate("photos", _WAIT_SECONDS)


def accept_page(*, owner: Account, subject: str, slot: str, stream: IO[bytes], name: str = "", waits: bool = True) -> DocumentPage:
    """Keeps one file as a page: a photo is `ready` at once, a PDF is `received` until its job has drawn its pages.

    A long photo becomes several pages, of which the first is returned. stream: seekable. name: as the browser says; never looked
    at and never kept, because it may contain a person's name. waits: whether to wait a moment while others' photos are decoded.
    Decodes, so call it outside any transaction. Raises DomainError with a sentence for the person (`refusals`; 503 when the same
    may be sent again), NotFound when this account may not send it.
    """
    wanted = require_upload(owner, subject, slot)
    owner_id = owner.id
    try:
        kind = measure(stream)
        require_room(owner_id, subject, 0)
        stream.seek(0)
        data = stream.read()
        if kind is Kind.pdf:
            return _enter_pdf(owner_id, subject, wanted, data)
        return _enter_pictures(owner_id, subject, wanted, _decode(data, kind, owner_id, waits))
    except Unfit as error:
        _note_refused(owner_id, subject, wanted, error.code)
        raise refusal(error.code, **error.values) from None


def _decode(photo: bytes, kind: Kind, owner_id: int, waits: bool) -> list[Picture]:
    """Decodes one photo at a time on a server, and never two of one person in a process. Raises Unfit, DomainError (503)."""
    require_decodable(photo, kind)
    try:
        with _photo_gate.passed(owner_id, waits=waits):
            return reencode(
                photo,
                kind,
                max_side=settings.document_max_side,
                max_pixels=settings.document_max_megapixels * 1_000_000,
                max_parts=settings.document_max_pdf_pages,
                seconds=settings.document_photo_seconds,
            )
    except Busy:
        raise photos_busy() from None


def measure(stream: IO[bytes]) -> Kind:
    """The kind of the file, if its size is allowed, reading only its head. Raises Unfit."""
    require_size(stream.seek(0, 2))
    stream.seek(0)
    head = stream.read(HEAD_BYTES)
    kind = kind_of(head)
    if kind is None:
        raise Unfit(f"unknown_{other_kind_of(head).value}")
    return kind


def require_size(size: int) -> None:
    """size: in bytes, measured or announced. Raises Unfit."""
    if size < 1:
        raise Unfit("empty")
    if size > settings.document_max_megabytes * MEGABYTE:
        raise Unfit("too_large")


def require_room(owner_id: int, subject: str, size: int) -> None:
    """Raises Unfit when the application's number of files or the person's quota is used up. Exact only under `lock_owner`."""
    if queries.count_files(subject) >= settings.document_max_files:
        raise Unfit("too_many_files")
    if queries.count_bytes(owner_id) + size > settings.document_quota_megabytes * MEGABYTE:
        raise Unfit("quota_full")


def lock_owner(owner_id: int) -> None:
    """Until this transaction ends, no other one counts or enters this person's papers."""
    db.session.execute(select(Account.id).where(Account.id == owner_id).with_for_update(key_share=True))


def new_name(folder: str) -> str:
    token = secrets.token_hex(16)
    return f"{folder}/{token[:2]}/{token}"


def keep(folder: str, data: bytes) -> str:
    """Stores the bytes sealed and returns their random name. Raises DomainError when the store does not answer."""
    name = new_name(folder)
    try:
        store.put(name, data)
    except blobs.StoreUnavailable as error:
        log.error("documents_store_failed", reason=str(error))
        raise store_unavailable() from None
    return name


def forget(names: list[str]) -> None:
    """Deletes files that no row refers to any more; the sweep later finds those that cannot be deleted now."""
    for name in names:
        try:
            store.delete(name)
        except blobs.StoreUnavailable as error:
            log.warning("documents_delete_failed", reason=str(error))


def _enter_pictures(owner_id: int, subject: str, slot: Slot, pictures: list[Picture]) -> DocumentPage:
    names: list[str] = []
    try:
        for picture in pictures:
            names.append(keep(PAGES_FOLDER, picture.jpeg))
    except DomainError:
        forget(names)
        raise
    page = _new_page(owner_id, subject, slot, PageState.ready)
    page.object_name, page.byte_count = names[0], len(pictures[0].jpeg)
    page.width, page.height = pictures[0].width, pictures[0].height
    return _enter(page, names, list(zip(names, pictures, strict=True))[1:])


def _enter_pdf(owner_id: int, subject: str, slot: Slot, pdf: bytes) -> DocumentPage:
    name = keep(SOURCES_FOLDER, pdf)
    page = _new_page(owner_id, subject, slot, PageState.received)
    page.source_name, page.byte_count = name, len(pdf)
    return _enter(page, [name], [])


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


def _enter(page: DocumentPage, names: list[str], others: list[tuple[str, Picture]]) -> DocumentPage:
    try:
        with transaction():
            lock_owner(page.owner_account_id)
            total = page.byte_count + sum(len(picture.jpeg) for _name, picture in others)
            require_room(page.owner_account_id, page.subject, total)
            highest = queries.find_highest_position(page.subject, page.slot)
            page.position = (highest // POSITIONS_A_FILE + 1) * POSITIONS_A_FILE
            page.delete_after = queries.find_kept_until(page.subject, page.created_at)
            db.session.add(page)
            add_following(page, others)
            db.session.flush()
            audit.record(
                DocumentTag.received,
                actor=Account.actor_of(page.owner_account_id),
                subject=page.subject,
                page=page.id,
                slot=page.slot.value,
                bytes=total,
            )
            if page.state is PageState.received:
                jobs.enqueue(READ_PDF, page_id=page.id)
    except BaseException:
        forget(names)
        raise
    return page


def add_following(page: DocumentPage, others: list[tuple[str, Picture]]) -> None:
    """Adds the other pages of a file after its first one. others: the name in the store and the picture of each."""
    for number, (name, picture) in enumerate(others, 1):
        db.session.add(
            DocumentPage(
                owner_account_id=page.owner_account_id,
                subject=page.subject,
                slot=page.slot,
                position=page.position + number,
                state=PageState.ready,
                file_key=page.file_key,
                created_at=page.created_at,
                delete_after=page.delete_after,
                byte_count=len(picture.jpeg),
                width=picture.width,
                height=picture.height,
                object_name=name,
            )
        )


@transaction()
def _note_refused(owner_id: int, subject: str, slot: Slot, code: str) -> None:
    audit.record(DocumentTag.refused, actor=Account.actor_of(owner_id), subject=subject, outcome=code, slot=slot.value)
