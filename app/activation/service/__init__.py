"""The verbs of activation, of trusting another device, of a lost phone and of a forgotten PIN."""

from app.activation.service.completing import complete_activation
from app.activation.service.drafts import (
    agree,
    begin_takeover,
    discard_draft,
    expire_drafts,
    identify_person,
    note_proof,
    record_refusal,
    save_typed,
)
from app.activation.service.lost import report_lost, restore_credential
from app.activation.service.pin_reset import reset_pin
from app.activation.service.rebinding import (
    bind_by_proof,
    bind_due_devices,
    cancel_rebinding,
    cancel_rebindings_of_device,
    request_rebinding,
)

__all__ = [
    "agree",
    "begin_takeover",
    "bind_by_proof",
    "bind_due_devices",
    "cancel_rebinding",
    "cancel_rebindings_of_device",
    "complete_activation",
    "discard_draft",
    "expire_drafts",
    "identify_person",
    "note_proof",
    "record_refusal",
    "report_lost",
    "request_rebinding",
    "reset_pin",
    "restore_credential",
    "save_typed",
]
