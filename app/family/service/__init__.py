"""The verbs of families: adding somebody, agreeing to it, showing, ending. The only writer of their tables."""

from app.family.service.after_restore import count_what_stays
from app.family.service.call_backs import CHECKLIST, book_call_back, complete_call_back, list_free_hours, miss_call_back
from app.family.service.counter import authorise_at_counter, bind_at_counter
from app.family.service.custody import flag_custody, lift_custody_flag, object_to_others
from app.family.service.drafts import (
    agree_to_notices,
    begin_renewal,
    begin_request,
    choose_way,
    discard_draft,
    identify_member,
    is_stepped_up,
    note_step_up,
    save_typed,
    ways_of,
)
from app.family.service.invitations import (
    accept_invitation,
    find_invitation_refusal,
    invite,
    needs_proof,
    refuse_invitation,
    vouch,
)
from app.family.service.kin import tell_holders
from app.family.service.life_cycle import (
    FOLLOW_ROSTER,
    end_unrenewed,
    expire_requests,
    follow_roster,
    note_status,
    remind_of_age,
    tend,
)
from app.family.service.links import end_link, freeze_member, note_taken_over, person_of
from app.family.service.papers import find_missing, find_unsigned, list_good_pages, prepare_request_letter
from app.family.service.places import find_full
from app.family.service.refusals import find_holder_refusal
from app.family.service.requests import KIND, approve, authorise, submit_papers, wait_for_authorisation, withdraw_request
from app.family.service.reviewing import (
    SLOTS,
    appeal,
    facts_for_reviewer,
    hand_in_again,
    may_send_papers,
    refuse_own_family,
    slots_to_mend,
    take_decision,
)
from app.family.service.showing import colour_of, end_with_consent, list_family_showables, list_holders, note_use
from app.family.service.telling import sentence_of_end

__all__ = [
    "CHECKLIST",
    "FOLLOW_ROSTER",
    "KIND",
    "SLOTS",
    "accept_invitation",
    "agree_to_notices",
    "appeal",
    "approve",
    "authorise",
    "authorise_at_counter",
    "begin_renewal",
    "begin_request",
    "bind_at_counter",
    "book_call_back",
    "choose_way",
    "colour_of",
    "complete_call_back",
    "count_what_stays",
    "discard_draft",
    "end_link",
    "end_unrenewed",
    "end_with_consent",
    "expire_requests",
    "facts_for_reviewer",
    "find_full",
    "find_holder_refusal",
    "find_invitation_refusal",
    "find_missing",
    "find_unsigned",
    "flag_custody",
    "follow_roster",
    "freeze_member",
    "hand_in_again",
    "identify_member",
    "invite",
    "is_stepped_up",
    "lift_custody_flag",
    "list_family_showables",
    "list_free_hours",
    "list_good_pages",
    "list_holders",
    "may_send_papers",
    "miss_call_back",
    "needs_proof",
    "note_status",
    "note_step_up",
    "note_taken_over",
    "note_use",
    "object_to_others",
    "person_of",
    "prepare_request_letter",
    "refuse_invitation",
    "refuse_own_family",
    "remind_of_age",
    "save_typed",
    "sentence_of_end",
    "slots_to_mend",
    "submit_papers",
    "take_decision",
    "tell_holders",
    "tend",
    "vouch",
    "wait_for_authorisation",
    "ways_of",
    "withdraw_request",
]
