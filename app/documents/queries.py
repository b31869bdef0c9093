"""Reads of pages and uploads. `find_page` and `find_upload` check the owner; the rest is for the calling feature and staff."""

from datetime import datetime, timedelta

from sqlalchemy import func, select

from app.core import blobs
from app.core.db import db
from app.core.errors import NotFound
from app.core.settings import settings
from app.documents.models import DocumentPage, DocumentUpload, PageState, Slot

KEPT = (PageState.received, PageState.processing, PageState.ready)


def list_pages(subject: str, slot: str | None = None) -> list[DocumentPage]:
    """In the order they were sent; refused ones too, so that the person can read why, but no deleted ones."""
    wanted = select(DocumentPage).where(DocumentPage.subject == subject, DocumentPage.state != PageState.deleted)
    if slot is not None:
        wanted = wanted.where(DocumentPage.slot == slot)
    return list(db.session.scalars(wanted.order_by(DocumentPage.slot, DocumentPage.position, DocumentPage.id)))


def find_page(owner_account_id: int, page_id: int) -> DocumentPage | None:
    """A page of this owner; None for another owner's and for a deleted one."""
    page = db.session.get(DocumentPage, page_id)
    is_theirs = page is not None and page.owner_account_id == owner_account_id and page.state is not PageState.deleted
    return page if is_theirs else None


def get_page(page_id: int) -> DocumentPage:
    """For staff, whose right to the case the caller has checked. Raises NotFound."""
    page = db.session.get(DocumentPage, page_id)
    if page is None or page.state is PageState.deleted:
        raise NotFound
    return page


def find_upload(owner_account_id: int, upload_id: int) -> DocumentUpload | None:
    upload = db.session.get(DocumentUpload, upload_id)
    return upload if upload is not None and upload.owner_account_id == owner_account_id else None


def find_unfinished(owner_account_id: int, subject: str, slot: str, fingerprint_hash: bytes) -> DocumentUpload | None:
    """An earlier upload of the same file that was not completed."""
    return db.session.scalar(
        select(DocumentUpload)
        .where(
            DocumentUpload.owner_account_id == owner_account_id,
            DocumentUpload.fingerprint_hash == fingerprint_hash,
            DocumentUpload.subject == subject,
            DocumentUpload.slot == slot,
            DocumentUpload.page_id.is_(None),
        )
        .order_by(DocumentUpload.id.desc())
        .limit(1)
    )


def count_files(subject: str) -> int:
    wanted = select(func.count(DocumentPage.file_key.distinct())).where(
        DocumentPage.subject == subject, DocumentPage.state.in_(KEPT)
    )
    return db.session.scalar(wanted) or 0


def count_bytes(owner_account_id: int) -> int:
    """The bytes kept for this person, of finished pages and unfinished uploads."""
    pages = select(func.sum(DocumentPage.byte_count)).where(
        DocumentPage.owner_account_id == owner_account_id, DocumentPage.state.in_(KEPT)
    )
    uploads = select(func.sum(DocumentUpload.received)).where(
        DocumentUpload.owner_account_id == owner_account_id, DocumentUpload.page_id.is_(None)
    )
    return int(db.session.scalar(pages) or 0) + int(db.session.scalar(uploads) or 0)


def find_highest_position(subject: str, slot: Slot) -> int:
    """The highest position in this slot; 0 when it was never used."""
    highest = select(func.max(DocumentPage.position)).where(DocumentPage.subject == subject, DocumentPage.slot == slot)
    return db.session.scalar(highest) or 0


def find_kept_until(subject: str, created_at: datetime) -> datetime | None:
    """Until when a new page is kept: as long as the existing pages of its subject, else as long as a draft."""
    newest = (
        select(DocumentPage.delete_after)
        .where(DocumentPage.subject == subject, DocumentPage.state.in_(KEPT))
        .order_by(DocumentPage.id.desc())
        .limit(1)
    )
    found = db.session.execute(newest).one_or_none()
    return found.delete_after if found else created_at + timedelta(days=settings.document_draft_days)


def list_expired(now: datetime, limit: int) -> list[DocumentPage]:
    """Pages due for deletion whose bytes are still there."""
    return list(
        db.session.scalars(
            select(DocumentPage)
            .where(DocumentPage.delete_after < now, DocumentPage.state != PageState.deleted)
            .order_by(DocumentPage.id)
            .limit(limit)
        )
    )


def known_names(folder: str, names: list[str]) -> set[str]:
    """Which of these names in the store a row still refers to; a piece belongs to its upload's folder."""
    if folder == "uploads":
        folders = {name.rpartition("/")[0] for name in names}
        known = set(db.session.scalars(select(DocumentUpload.folder).where(DocumentUpload.folder.in_(folders))))
        return {name for name in names if name.rpartition("/")[0] in known}
    column = DocumentPage.object_name if folder == "pages" else DocumentPage.source_name
    return {name for name in db.session.scalars(select(column).where(column.in_(names))) if name}


def list_newest_names(limit: int = 20) -> list[str]:
    """The names in the store of the latest pages, and of the latest PDFs still being drawn."""
    found: list[str] = []
    for column in (DocumentPage.object_name, DocumentPage.source_name):
        named = select(column).where(column.is_not(None), DocumentPage.state.in_(KEPT)).order_by(DocumentPage.id.desc())
        found += [name for name in db.session.scalars(named.limit(limit)) if name]
    return found


def list_problems() -> list[str]:
    """Sentences for the operator: the store cannot be reached, or pictures are missing from it."""
    try:
        names = {name for name, _ in blobs.list_names("pages")}
    except blobs.StoreUnavailable as error:
        return [f"{str(error)[0].upper()}{str(error)[1:]}: see DOCUMENTS_URL and S3_*."]
    known = select(DocumentPage.object_name).where(DocumentPage.state == PageState.ready)
    missing = sum(name not in names for name in db.session.scalars(known))
    return [f"{missing} documents are missing from the store: restore them from a backup."] if missing else []
