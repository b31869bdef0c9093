"""The verbs of activation, of trusting another device, of a lost phone and of a forgotten PIN."""

from app.activation.service.after_restore import end_what_was_open as end_what_was_open
from app.activation.service.completing import complete_activation as complete_activation
from app.activation.service.drafts import agree as agree
from app.activation.service.drafts import begin_takeover as begin_takeover
from app.activation.service.drafts import discard_draft as discard_draft
from app.activation.service.drafts import expire_drafts as expire_drafts
from app.activation.service.drafts import identify_person as identify_person
from app.activation.service.drafts import note_proof as note_proof
from app.activation.service.drafts import save_typed as save_typed
from app.activation.service.lost import report_lost as report_lost
from app.activation.service.lost import report_lost_for_relative as report_lost_for_relative
from app.activation.service.lost import restore_credential as restore_credential
from app.activation.service.lost_codes import ask_lost_code as ask_lost_code
from app.activation.service.lost_codes import drop_old_lost_reports as drop_old_lost_reports
from app.activation.service.lost_codes import report_lost_by_code as report_lost_by_code
from app.activation.service.pin_reset import finish_pin_reset as finish_pin_reset
from app.activation.service.pin_reset import reset_pin as reset_pin
from app.activation.service.rebinding import bind_by_proof as bind_by_proof
from app.activation.service.rebinding import bind_due_devices as bind_due_devices
from app.activation.service.waiting import cancel_request as cancel_request
from app.activation.service.waiting import cancel_requests_of_device as cancel_requests_of_device
from app.activation.service.waiting import open_request as open_request
