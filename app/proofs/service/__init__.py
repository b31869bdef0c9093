"""The verbs of proving: start and finish a face check, issue and use a counter code, check a document, spend a proof."""

from app.proofs.queries import find_passed_proof as find_passed_proof
from app.proofs.service.after_restore import count_what_stays as count_what_stays
from app.proofs.service.counter import COUNTER_CODE_DIGITS as COUNTER_CODE_DIGITS
from app.proofs.service.counter import clean_counter_code as clean_counter_code
from app.proofs.service.counter import issue_counter_code as issue_counter_code
from app.proofs.service.counter import spend_counter_code as spend_counter_code
from app.proofs.service.document import check_document as check_document
from app.proofs.service.face import FaceOutcome as FaceOutcome
from app.proofs.service.face import finish_face as finish_face
from app.proofs.service.face import start_face as start_face
from app.proofs.service.proofs import spend_proof as spend_proof
from app.proofs.service.proofs import tidy_proofs as tidy_proofs
