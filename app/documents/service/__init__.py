from app.documents.policy import UploadPolicy, provide_upload_policies, require_upload
from app.documents.service.accepting import READ_PDF, accept_page
from app.documents.service.keeping import (
    delete_expired,
    delete_subject,
    keep_after_decision,
    keep_until,
    open_page,
    remove_page,
    sweep_orphans,
)
from app.documents.service.pdf_pages import read_pdf
from app.documents.service.refusals import refusal, refusal_sentence
from app.documents.service.uploads import PIECE_BYTES, append_piece, begin_upload, discard_upload, expire_uploads, join_pieces

__all__ = [
    "PIECE_BYTES",
    "READ_PDF",
    "UploadPolicy",
    "accept_page",
    "append_piece",
    "begin_upload",
    "delete_expired",
    "delete_subject",
    "discard_upload",
    "expire_uploads",
    "join_pieces",
    "keep_after_decision",
    "keep_until",
    "open_page",
    "provide_upload_policies",
    "read_pdf",
    "refusal",
    "refusal_sentence",
    "remove_page",
    "require_upload",
    "sweep_orphans",
]
