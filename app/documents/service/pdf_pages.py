"""The job that draws a PDF's pages as pictures."""

from flask_babel import gettext as _
from sqlalchemy import select, update

from app.accounts.models import Account
from app.core import audit, blobs
from app.core.db import after_commit, db, transaction
from app.core.settings import settings
from app.core.statements import won
from app.documents import store
from app.documents.audit_tags import DocumentTag
from app.documents.drawn import Picture
from app.documents.kinds import Unfit
from app.documents.models import DocumentPage, PageState
from app.documents.pdf import draw_pages
from app.documents.service.accepting import PAGES_FOLDER, add_following, forget, keep
from app.documents.service.refusals import blank_notice, refusal_sentence
from app.messages.service import post_message

_WAITING = (PageState.received, PageState.processing)


def read_pdf(page_id: int) -> None:
    """Draws the PDF of a waiting page: the first page takes its row, the others follow it. May run twice; only one run counts.

    A PDF that cannot be drawn leaves the row `refused` and its owner a message; a store that does not answer raises,
    and the job is tried again.
    """
    source = _begin(page_id)
    if source is None:
        return
    try:
        pictures = draw_pages(
            store.get(source),
            max_pages=settings.document_max_pdf_pages,
            max_side=settings.document_max_side,
            seconds=settings.document_pdf_seconds,
        )
    except Unfit as error:
        _refuse(page_id, error.code)
    except (blobs.NoSuchBlob, store.Unreadable):
        _refuse(page_id, "upload_broken")
    else:
        _keep_pages(page_id, pictures)


@transaction()
def _begin(page_id: int) -> str | None:
    db.session.execute(
        update(DocumentPage)
        .where(DocumentPage.id == page_id, DocumentPage.state == PageState.received)
        .values(state=PageState.processing)
    )
    return db.session.scalar(
        select(DocumentPage.source_name).where(DocumentPage.id == page_id, DocumentPage.state == PageState.processing)
    )


def _keep_pages(page_id: int, pictures: list[Picture]) -> None:
    names = [keep(PAGES_FOLDER, picture.jpeg) for picture in pictures]
    try:
        is_entered = _enter_pages(page_id, list(zip(names, pictures, strict=True)))
    except BaseException:
        forget(names)
        raise
    if not is_entered:
        forget(names)


@transaction()
def _enter_pages(page_id: int, drawn: list[tuple[str, Picture]]) -> bool:
    """False when something else was faster: the page was removed, or another run of the job has entered the pages."""
    page = _settle(page_id, PageState.ready)
    if page is None:
        return False
    name, picture = drawn[0]
    page.object_name, page.byte_count = name, len(picture.jpeg)
    page.width, page.height = picture.width, picture.height
    add_following(page, drawn[1:])
    blank = [str(number) for number, (_name, picture) in enumerate(drawn, 1) if picture.is_blank]
    if blank:
        post_message(page.owner_account_id, *blank_notice(blank))
    return True


@transaction()
def _refuse(page_id: int, code: str) -> None:
    page = _settle(page_id, PageState.refused)
    if page is not None:
        page.refusal, page.byte_count = code, 0
        audit.record(
            DocumentTag.refused,
            actor=Account.actor_of(page.owner_account_id),
            subject=page.subject,
            outcome=code,
            page=page.id,
            slot=page.slot.value,
        )
        post_message(page.owner_account_id, _("有文件没有收下"), refusal_sentence(code))


def _settle(page_id: int, state: PageState) -> DocumentPage | None:
    """Sets the final state of one waiting page, once, and has its PDF deleted."""
    source = db.session.scalar(select(DocumentPage.source_name).where(DocumentPage.id == page_id))
    is_settled = won(
        update(DocumentPage)
        .where(DocumentPage.id == page_id, DocumentPage.state.in_(_WAITING))
        .values(state=state, source_name=None)
    )
    if not is_settled:
        return None
    if source:
        after_commit(lambda: forget([source]))
    return db.session.get(DocumentPage, page_id, populate_existing=True)
