"""The verbs of proving: start and finish a face check, issue and use a counter code, check a document, spend a proof."""

from app.proofs.queries import find_passed_proof
from app.proofs.service.after_restore import count_what_stays
from app.proofs.service.counter import COUNTER_CODE_DIGITS, clean_counter_code, issue_counter_code, spend_counter_code
from app.proofs.service.document import check_document
from app.proofs.service.face import FaceOutcome, finish_face, start_face
from app.proofs.service.proofs import spend_proof, tidy_proofs

__all__ = [
    "COUNTER_CODE_DIGITS",
    "FaceOutcome",
    "check_document",
    "clean_counter_code",
    "count_what_stays",
    "find_passed_proof",
    "finish_face",
    "issue_counter_code",
    "spend_counter_code",
    "spend_proof",
    "start_face",
    "tidy_proofs",
]
