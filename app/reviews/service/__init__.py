"""The verbs of reviews. The only writer of their tables."""

from app.reviews.kinds import ReviewKind, provide_review_kinds
from app.reviews.service.cases import appeal_case, open_case, resubmit_case, withdraw_case
from app.reviews.service.claims import claim_case, claim_next, note_letter_viewed, refuse_reader, release_case, release_expired
from app.reviews.service.decisions import Reasons, approve_case, reject_case, return_case, settle_decisions, undo_decision
from app.reviews.service.holidays import (
    FIRST_YEAR,
    LAST_YEAR,
    confirm_year,
    load_holidays,
    remove_holiday,
    replace_year,
    set_holiday,
)

__all__ = [
    "FIRST_YEAR",
    "LAST_YEAR",
    "Reasons",
    "ReviewKind",
    "appeal_case",
    "approve_case",
    "claim_case",
    "claim_next",
    "confirm_year",
    "load_holidays",
    "note_letter_viewed",
    "open_case",
    "provide_review_kinds",
    "refuse_reader",
    "reject_case",
    "release_case",
    "release_expired",
    "remove_holiday",
    "replace_year",
    "resubmit_case",
    "return_case",
    "set_holiday",
    "settle_decisions",
    "undo_decision",
    "withdraw_case",
]
