"""The verbs of accounts: codes by SMS, sessions, devices, numbers, consents. The only writer of their tables."""

from app.accounts.service.after_restore import end_what_was_open
from app.accounts.service.consents import on_consent_withdrawn, record_consent, renew_consents, withdraw_consent
from app.accounts.service.devices import bind_device, on_device_revoked, revoke_device
from app.accounts.service.events import IdentityEvent, IdentityEventKind, announce, on_identity_changed
from app.accounts.service.expiry import expire
from app.accounts.service.notice_drafts import (
    CHANGED_MEANWHILE,
    drop_draft,
    propose_draft,
    publish_draft,
    save_draft,
    start_draft,
    take_back_draft,
    text_of,
)
from app.accounts.service.notice_news import tell_of_new_notices
from app.accounts.service.notices import load_notices
from app.accounts.service.people import create_account, give_account_to_person
from app.accounts.service.phones import change_phone, move_phone, take_over_phone
from app.accounts.service.relatives import provide_relatives, relatives_of
from app.accounts.service.sessions import (
    StartedSession,
    confirm_phone,
    has_fresh_sms,
    note_seen,
    note_unlocked,
    on_signed_out,
    sign_in,
    sign_out,
    sign_out_everywhere,
    start_session,
)
from app.accounts.service.sms_codes import CodeState, request_sms_code, spend_sms_code
from app.accounts.service.step_up import check_step_up, provide_step_up

__all__ = [
    "CHANGED_MEANWHILE",
    "CodeState",
    "IdentityEvent",
    "IdentityEventKind",
    "StartedSession",
    "announce",
    "bind_device",
    "change_phone",
    "check_step_up",
    "confirm_phone",
    "create_account",
    "drop_draft",
    "end_what_was_open",
    "expire",
    "give_account_to_person",
    "has_fresh_sms",
    "load_notices",
    "move_phone",
    "note_seen",
    "note_unlocked",
    "on_consent_withdrawn",
    "on_device_revoked",
    "on_identity_changed",
    "on_signed_out",
    "propose_draft",
    "provide_relatives",
    "provide_step_up",
    "publish_draft",
    "record_consent",
    "relatives_of",
    "renew_consents",
    "request_sms_code",
    "revoke_device",
    "save_draft",
    "sign_in",
    "sign_out",
    "sign_out_everywhere",
    "spend_sms_code",
    "start_draft",
    "start_session",
    "take_back_draft",
    "take_over_phone",
    "tell_of_new_notices",
    "text_of",
    "withdraw_consent",
]
