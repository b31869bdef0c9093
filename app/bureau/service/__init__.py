"""The verbs of the desk itself: publishing a legal text by four eyes, and its own reminders."""

from app.bureau.service.notices import PUBLISHING, is_waiting, propose_notice, publish_approved, take_up_again, tell_approval
from app.bureau.service.reminders import remind_of_content

__all__ = [
    "PUBLISHING",
    "is_waiting",
    "propose_notice",
    "publish_approved",
    "remind_of_content",
    "take_up_again",
    "tell_approval",
]
