"""The verbs of the hotline. Everything else the desk does is a verb of the feature it is about."""

from app.bureau.service.acting import (
    ask_unfreezing,
    confirm_unfreezing,
    freeze_for_caller,
    message_caller,
    refuse_unfreezing,
    unbind_device,
    unbind_link,
)
from app.bureau.service.calls import (
    CHECKS_NEEDED,
    expire_searches,
    open_call,
    search_help_code,
    search_name,
    search_phone,
    verify_caller,
)

__all__ = [
    "CHECKS_NEEDED",
    "ask_unfreezing",
    "confirm_unfreezing",
    "expire_searches",
    "freeze_for_caller",
    "message_caller",
    "open_call",
    "refuse_unfreezing",
    "search_help_code",
    "search_name",
    "search_phone",
    "unbind_device",
    "unbind_link",
    "verify_caller",
]
