"""The verbs of activation, of trusting another device, of a lost phone and of a forgotten PIN."""

from app.activation.service.after_restore import end_what_was_open
from app.activation.service.completing import complete_activation
from app.activation.service.drafts import (
    agree,
    begin_takeover,
    discard_draft,
    expire_drafts,
    identify_person,
    note_proof,
    save_typed,
)
from app.activation.service.lost import report_lost, report_lost_for_relative, restore_credential
from app.activation.service.lost_codes import ask_lost_code, drop_old_lost_reports, report_lost_by_code
from app.activation.service.pin_reset import finish_pin_reset, reset_pin
from app.activation.service.rebinding import bind_by_proof, bind_due_devices
from app.activation.service.waiting import cancel_request, cancel_requests_of_device, open_request

__all__ = [
    "agree",
    "ask_lost_code",
    "begin_takeover",
    "bind_by_proof",
    "bind_due_devices",
    "cancel_request",
    "cancel_requests_of_device",
    "complete_activation",
    "discard_draft",
    "drop_old_lost_reports",
    "end_what_was_open",
    "expire_drafts",
    "finish_pin_reset",
    "identify_person",
    "note_proof",
    "open_request",
    "report_lost",
    "report_lost_by_code",
    "report_lost_for_relative",
    "reset_pin",
    "restore_credential",
    "save_typed",
]
