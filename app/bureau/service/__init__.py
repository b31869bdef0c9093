"""The verbs of the auditor and the desk's own reminders; all else is a verb of the feature it is about."""

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
from app.bureau.service.notices import PUBLISHING, is_waiting, propose_notice, publish_approved, take_up_again, tell_approval
from app.bureau.service.reminders import remind_of_content

__all__ = [
    "EXPORT",
    "PUBLISHING",
    "VERIFICATION",
    "export_log",
    "is_waiting",
    "look_up_person",
    "note_opened",
    "propose_notice",
    "publish_approved",
    "remind_of_content",
    "run_export",
    "run_verification",
    "search_log",
    "take_up_again",
    "tell_approval",
    "verify_log",
    "wanted_of",
]
