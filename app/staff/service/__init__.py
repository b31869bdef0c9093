"""The verbs of staff: joining, two factors, roles, leaving, acts that need four eyes. The only writer of their tables."""

from app.staff.service.after_restore import end_what_was_open
from app.staff.service.appointing import (
    appoint_staff,
    ask_reset,
    assign_roles,
    has_grant,
    name_second,
    needs_grant,
    reset_colleague,
)
from app.staff.service.approval_kinds import ApprovalKind, provide_approval_kinds, sentence_of
from app.staff.service.approvals import approve, ask_approval, find_second, may_approve, refuse, settle_approvals, withdraw
from app.staff.service.attempts import expire, release
from app.staff.service.handovers import show_second_half
from app.staff.service.members import NewStaff, add_staff, note_refused, reset_staff
from app.staff.service.messages import mark_messages_read, post_staff_message
from app.staff.service.passkeys import (
    add_staff_passkey,
    begin_passkey,
    confirm_by_passkey,
    remove_staff_passkey,
)
from app.staff.service.passwords import choose_password
from app.staff.service.posts import change_agency, change_roles, disable_staff, enable_staff, end_all_sessions, link_person
from app.staff.service.sessions import begin_sign_in, confirm_second_factor, end_session, sign_out

__all__ = [
    "ApprovalKind",
    "NewStaff",
    "add_staff",
    "add_staff_passkey",
    "appoint_staff",
    "approve",
    "ask_approval",
    "ask_reset",
    "assign_roles",
    "begin_passkey",
    "begin_sign_in",
    "change_agency",
    "change_roles",
    "choose_password",
    "confirm_by_passkey",
    "confirm_second_factor",
    "disable_staff",
    "enable_staff",
    "end_all_sessions",
    "end_session",
    "end_what_was_open",
    "expire",
    "find_second",
    "has_grant",
    "link_person",
    "mark_messages_read",
    "may_approve",
    "name_second",
    "needs_grant",
    "note_refused",
    "post_staff_message",
    "provide_approval_kinds",
    "refuse",
    "release",
    "remove_staff_passkey",
    "reset_colleague",
    "reset_staff",
    "sentence_of",
    "settle_approvals",
    "show_second_half",
    "sign_out",
    "withdraw",
]
