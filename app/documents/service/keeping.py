"""Showing, removing and keeping pages as long as needed and no longer."""

from collections import Counter
from datetime import datetime, timedelta

from sqlalchemy import select, update

from app.accounts.models import Account
from app.accounts.queries import get_account
from app.core import audit, blobs, clock, store_mark
from app.core.blobs import ORPHAN_AFTER
from app.core.db import after_commit, db, transaction
from app.core.errors import NotFound
from app.core.logs import log
from app.core.settings import settings
from app.core.statements import changed
from app.documents import queries, store
from app.documents.audit_tags import DocumentTag
from app.documents.models import DocumentPage, PageState
from app.documents.service.accepting import PAGES_FOLDER, SOURCES_FOLDER, forget
from app.documents.service.refusals import page_unreadable
from app.documents.service.uploads import UPLOADS_FOLDER

BATCH = 200


def open_page(page: DocumentPage, *, by: str) -> bytes:
    """The JPEG of a page that is ready. by: `account:12`, `staff:3`; anyone but the owner leaves an audit row first.

    Raises NotFound for a page that is not ready, DomainError when the store does not give it.
    """
    if not page.is_ready or page.object_name is None:
        raise NotFound
    name = page.object_name
    if by != Account.actor_of(page.owner_account_id):
        _note_viewed(page.id, page.subject, page.owner_account_id, by)
    try:
        return store.get(name)
    except (blobs.NoSuchBlob, blobs.StoreUnavailable, store.Unreadable) as error:
        log.error("document_not_opened", page=page.id, reason=type(error).__name__)
        raise page_unreadable() from None


@transaction()
def _note_viewed(page_id: int, subject: str, owner_account_id: int, by: str) -> None:
    """The audit row is about the person who sent the papers: they see on their own page who viewed them."""
    person_id = get_account(owner_account_id).person_id
    audit.record(DocumentTag.viewed, actor=by, subject=subject, person_id=person_id, page=page_id)


@transaction()
def remove_page(page: DocumentPage, *, by: str = "") -> None:
    """Removes one page for good; the others of its file stay. Removing it twice changes nothing."""
    if _erase([page]):
        audit.record(DocumentTag.removed, actor=by or Account.actor_of(page.owner_account_id), subject=page.subject, page=page.id)


@transaction()
def keep_until(subject: str, moment: datetime | None) -> None:
    """From now on the papers of `subject` are deleted after `moment`; None keeps them until this is called again (under review).

    Without such a call papers count as drafts and are deleted after `document_draft_days`.
    """
    db.session.execute(
        update(DocumentPage)
        .where(DocumentPage.subject == subject, DocumentPage.state != PageState.deleted)
        .values(delete_after=moment)
    )


def keep_after_decision(subject: str) -> None:
    """The case is decided: the papers are deleted `document_keep_days` from now."""
    keep_until(subject, clock.now() + timedelta(days=settings.document_keep_days))


@transaction()
def delete_subject(subject: str, *, by: str = "system") -> int:
    """Deletes all papers of a withdrawn application at once; returns how many pages there were."""
    count = _erase(queries.list_pages(subject))
    if count:
        audit.record(DocumentTag.removed, actor=by, subject=subject, count=count)
    return count


def delete_expired() -> int:
    """Deletes pages that are due; an audit row per application and a line in the log say how many."""
    total = 0
    while count := _delete_batch():
        total += count
    log.info("documents_expired", count=total)
    return total


@transaction()
def _delete_batch() -> int:
    pages = queries.list_expired(clock.now(), BATCH)
    by_subject = Counter(page.subject for page in pages)
    _erase(pages)
    for subject, count in by_subject.items():
        audit.record(DocumentTag.expired, actor="system", subject=subject, count=count)
    return len(pages)


def sweep_orphans() -> int:
    """Deletes files that no row refers to, left behind by a crash or an unreachable store; returns how many. Leaves other features'
    files alone, and every file in a store that is not this installation's."""
    if not store_mark.is_ours():
        return 0
    limit = clock.now() - ORPHAN_AFTER
    found = 0
    for folder in (PAGES_FOLDER, SOURCES_FOLDER, UPLOADS_FOLDER):
        names = [name for name, written in blobs.list_names(folder) if written < limit]
        for start in range(0, len(names), BATCH):
            batch = names[start : start + BATCH]
            orphans = sorted(set(batch) - queries.known_names(folder, batch))
            forget(orphans)
            found += len(orphans)
    if found:
        _note_swept(found)
    return found


@transaction()
def _note_swept(count: int) -> None:
    audit.record(DocumentTag.swept, actor="system", subject="documents", count=count)


def _erase(pages: list[DocumentPage]) -> int:
    """Deletes the rows' content now and the bytes after the commit. Returns how many pages were not deleted before."""
    count = 0
    for page_id in [page.id for page in pages]:
        row = db.session.execute(select(DocumentPage.object_name, DocumentPage.source_name).where(DocumentPage.id == page_id)).one()
        if changed(
            update(DocumentPage)
            .where(DocumentPage.id == page_id, DocumentPage.state != PageState.deleted)
            .values(state=PageState.deleted, object_name=None, source_name=None, byte_count=0, delete_after=None),
            in_session=True,
        ):
            count += 1
            _forget_after_commit([name for name in row if name])
    return count


def _forget_after_commit(names: list[str]) -> None:
    after_commit(lambda: forget(names))
