"""A person's own papers: sending by a plain form, viewing, removing."""

from typing import Any

from flask import Blueprint, Response, redirect, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from werkzeug.datastructures import FileStorage

from app.accounts.models import Account
from app.accounts.policy import is_local_path, trusted
from app.accounts.visitor import current_visitor
from app.core.access import access
from app.core.bodies import MEGABYTE, ORDINARY, BodyLimit, declare
from app.core.db import roll_back
from app.core.errors import DomainError, NotFound
from app.core.settings import settings
from app.documents import queries, service
from app.documents.forms import FilesForm
from app.documents.models import DocumentPage, Slot
from app.documents.service import refusal, refusal_sentence

SHOWN_NAME_CHARS = 40
PAPERS = BodyLimit(
    "documents.create_pages",
    lambda settings: (settings.document_max_files * settings.document_max_megabytes + 1) * MEGABYTE,
    "all papers of one application in one form (`DOCUMENT_MAX_FILES`, `DOCUMENT_MAX_MEGABYTES`)",
    at_once=10,
)

blueprint = Blueprint("documents", __name__)
blueprint.record_once(declare(PAPERS))


@blueprint.url_value_preprocessor
def _take_larger_bodies(endpoint: str | None, _values: dict[str, Any] | None) -> None:
    """Before anything reads the body: raises the size limit for the one form that carries files, if the visitor is trusted."""
    if endpoint != PAPERS.endpoint:
        return
    may_send = trusted.allows()
    roll_back()  # no database snapshot is held while a slow connection sends
    if may_send:
        request.max_content_length = PAPERS.largest(settings)
    elif (request.content_length or 0) > ORDINARY:
        raise DomainError("sign_in", _("您的登录已经过期，照片没有发出。"), _("请重新登录，再发一次。"), status=401)


@blueprint.post("/documents")
@access(trusted)
def create_pages() -> ResponseReturnValue:
    """Accepts the files that can be accepted; the others are listed with their reasons, and no good file is lost.

    Once one file was refused because others' photos are being decoded, the rest no longer wait for that: waiting holds a thread.
    """
    form = FilesForm()
    if not form.validate_on_submit():
        raise NotFound
    account = current_visitor.account
    refused: list[tuple[str, DomainError]] = []
    chosen = [file for file in form.files.data or [] if isinstance(file, FileStorage) and (file.filename or file.content_length)]
    for file in chosen:
        waits = not any(error.status == 503 for _name, error in refused)
        if (error := _take(account, form.subject.data or "", form.slot.data or "", file, waits)) is not None:
            refused.append((_shown_name(file.filename or ""), error))
    if not chosen:
        refused.append(("", refusal("no_file")))
    target = form.next.data or ""
    back = target if is_local_path(target) else "/"
    if refused:
        taken = len(chosen) - sum(bool(name) for name, _error in refused)
        page = render_template("documents/show_refusals.html", refused=refused, taken=max(taken, 0), back=back, is_refused=True)
        error = max((error for _name, error in refused), key=lambda error: error.retry_after)
        return page, error.status, {"Retry-After": str(error.retry_after)} if error.retry_after else {}
    return redirect(back, 303)


@blueprint.get("/documents/<int:page_id>")
@access(trusted)
def show_page(page_id: int) -> ResponseReturnValue:
    page = _own_page(page_id)
    jpeg = service.open_page(page, by=Account.actor_of(page.owner_account_id))
    return Response(
        jpeg,
        content_type="image/jpeg",
        headers={
            "Content-Disposition": f'attachment; filename="page-{page.id}.jpg"',
            "Content-Security-Policy": "default-src 'none'; sandbox",
            "Cross-Origin-Resource-Policy": "same-origin",
        },
    )


@blueprint.post("/documents/<int:page_id>/removal")
@access(trusted)
def create_removal(page_id: int) -> ResponseReturnValue:
    """Only while papers may still be sent for the same subject; afterwards they belong to the case."""
    page = _own_page(page_id)
    service.require_upload(current_visitor.account, page.subject, page.slot)
    service.remove_page(page)
    back = request.form.get("next", "")
    return redirect(back if is_local_path(back) else "/", 303)


def _own_page(page_id: int) -> DocumentPage:
    page = queries.find_page(current_visitor.account.id, page_id)
    if page is None:
        raise NotFound
    return page


def _take(account: Account, subject: str, slot: str, file: FileStorage, waits: bool) -> DomainError | None:
    name, stream = file.filename or "", file.stream
    try:
        service.accept_page(owner=account, subject=subject, slot=slot, stream=stream, name=name, waits=waits)
    except NotFound:
        raise
    except DomainError as error:
        return error
    return None


def _shown_name(name: str) -> str:
    """The last part of the browser's file name, used only to tell the person which file is meant."""
    last = name.replace("\\", "/").rpartition("/")[2]
    return "".join(char for char in last if char.isprintable())[-SHOWN_NAME_CHARS:] or "?"


@blueprint.app_template_global("document_pages")
def _list_pages(subject: str, slot: str) -> list[DocumentPage]:
    return queries.list_pages(subject, Slot(slot))


@blueprint.app_template_global("document_limits")
def _limits() -> dict[str, int]:
    return {
        "megabytes": settings.document_max_megabytes,
        "files": settings.document_max_files,
        "pdf_pages": settings.document_max_pdf_pages,
        "piece_bytes": service.PIECE_BYTES,
    }


blueprint.add_app_template_global(refusal_sentence, "document_refusal")
