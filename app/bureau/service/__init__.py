"""The verbs of the auditor, the window and the desk's own reminders; all else is a verb of the feature it is about."""

from app.bureau.service.auditing import (
    EXPORT,
    VERIFICATION,
    export_log,
    look_up_person,
    note_opened,
    run_export,
    run_verification,
    search_log,
    verify_log,
    wanted_of,
)
from app.bureau.service.counter import enter, expire_window, open_visit, search_document
from app.bureau.service.notices import PUBLISHING, is_waiting, propose_notice, publish_approved, take_up_again, tell_approval
from app.bureau.service.reminders import remind_of_content
from app.bureau.service.window_acts import (
    authorise_family,
    bind_family,
    give_letter,
    give_slip,
    needs_paper_consent,
    open_letter,
    replace_slip,
    revoke,
)

__all__ = [
    "EXPORT",
    "PUBLISHING",
    "VERIFICATION",
    "authorise_family",
    "bind_family",
    "enter",
    "expire_window",
    "export_log",
    "give_letter",
    "give_slip",
    "is_waiting",
    "look_up_person",
    "needs_paper_consent",
    "note_opened",
    "open_letter",
    "open_visit",
    "propose_notice",
    "publish_approved",
    "remind_of_content",
    "replace_slip",
    "revoke",
    "run_export",
    "run_verification",
    "search_document",
    "search_log",
    "take_up_again",
    "tell_approval",
    "verify_log",
    "wanted_of",
]
