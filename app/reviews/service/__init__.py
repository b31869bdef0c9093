"""The acts of reviews. The only writer of their tables."""

from app.reviews.kinds import ReviewKind as ReviewKind
from app.reviews.kinds import provide_review_kinds as provide_review_kinds
from app.reviews.service.cases import appeal_case as appeal_case
from app.reviews.service.cases import open_case as open_case
from app.reviews.service.cases import resubmit_case as resubmit_case
from app.reviews.service.cases import withdraw_case as withdraw_case
from app.reviews.service.claims import claim_case as claim_case
from app.reviews.service.claims import claim_next as claim_next
from app.reviews.service.claims import note_letter_viewed as note_letter_viewed
from app.reviews.service.claims import refuse_reader as refuse_reader
from app.reviews.service.claims import release_case as release_case
from app.reviews.service.claims import release_expired as release_expired
from app.reviews.service.decisions import Reasons as Reasons
from app.reviews.service.decisions import approve_case as approve_case
from app.reviews.service.decisions import reject_case as reject_case
from app.reviews.service.decisions import return_case as return_case
from app.reviews.service.decisions import settle_decisions as settle_decisions
from app.reviews.service.decisions import undo_decision as undo_decision
from app.reviews.service.holidays import FIRST_YEAR as FIRST_YEAR
from app.reviews.service.holidays import LAST_YEAR as LAST_YEAR
from app.reviews.service.holidays import confirm_year as confirm_year
from app.reviews.service.holidays import load_holidays as load_holidays
from app.reviews.service.holidays import remove_holiday as remove_holiday
from app.reviews.service.holidays import replace_year as replace_year
from app.reviews.service.holidays import set_holiday as set_holiday
