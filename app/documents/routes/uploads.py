"""Sending a file in pieces, by script: begin, ask how much has arrived, continue. Responses are JSON, with the same refusals."""

from flask import Blueprint, jsonify, request, url_for
from flask.typing import ResponseReturnValue

from app.accounts.policy import trusted
from app.accounts.visitor import current_visitor
from app.core.access import access
from app.core.errors import DomainError, NotFound
from app.documents import queries, service
from app.documents.forms import UploadForm
from app.documents.models import DocumentPage, DocumentUpload
from app.documents.service import refusal

blueprint = Blueprint("uploads", __name__, url_prefix="/documents/uploads")

OFFSET_HEADER = "Upload-Offset"


@blueprint.errorhandler(DomainError)
def _say_in_json(error: DomainError) -> ResponseReturnValue:
    headers = {"Retry-After": str(error.retry_after)} if error.retry_after else {}
    return jsonify(code=error.code, what=str(error.what), next=str(error.next)), error.status, headers


@blueprint.post("")
@access(trusted)
def create_upload() -> ResponseReturnValue:
    """201 with the upload's address and how much of it has arrived: the same file sent again continues where it stopped."""
    form = UploadForm()
    if not form.validate_on_submit():
        raise refusal("upload_broken")
    upload = service.begin_upload(
        current_visitor.account,
        subject=form.subject.data or "",
        slot=form.slot.data or "",
        size=form.size.data or 0,
        fingerprint=form.fingerprint.data or "",
    )
    where = url_for("uploads.show_upload", upload_id=upload.id)
    return jsonify(_state(upload) | {"url": where, "piece": service.PIECE_BYTES}), 201, {"Location": where}


@blueprint.get("/<int:upload_id>")
@access(trusted)
def show_upload(upload_id: int) -> ResponseReturnValue:
    return jsonify(_state(_own_upload(upload_id)))


@blueprint.patch("/<int:upload_id>")
@access(trusted)
def update_upload(upload_id: int) -> ResponseReturnValue:
    """One piece at `Upload-Offset`; the last one makes the page. 409 with the correct offset if this one is wrong."""
    upload = _own_upload(upload_id)
    data = request.get_data(cache=False)
    offset = request.headers.get(OFFSET_HEADER, type=int)
    is_whole = upload.received == upload.size and offset == upload.size and not data  # a retry, because the last response was lost
    if offset is None or not (is_whole or service.append_piece(upload, offset, data)):
        return jsonify(_state(upload)), 409
    page = service.join_pieces(upload, current_visitor.account)
    return jsonify(_state(upload) | ({"page": _shown(page)} if page else {}))


@blueprint.delete("/<int:upload_id>")
@access(trusted)
def delete_upload(upload_id: int) -> ResponseReturnValue:
    service.discard_upload(_own_upload(upload_id))
    return "", 204


def _own_upload(upload_id: int) -> DocumentUpload:
    upload = queries.find_upload(current_visitor.account.id, upload_id)
    if upload is None:
        raise NotFound
    return upload


def _state(upload: DocumentUpload) -> dict[str, object]:
    return {"id": upload.id, "offset": upload.received, "size": upload.size}


def _shown(page: DocumentPage) -> dict[str, object]:
    return {"id": page.id, "state": page.state.value, "refusal": service.refusal_sentence(page.refusal)}
