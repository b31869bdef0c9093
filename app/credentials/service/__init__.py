"""The verbs of the credential: it lives, is unlocked by its PIN, is shown by presentations."""

from app.credentials.service.after_restore import end_what_was_open
from app.credentials.service.denials import deny_use, provide_holders, settle_denial
from app.credentials.service.drawing import draw_code, drop_old_typed_codes, is_typed_code_due, issue_typed_code, keep_typed_code
from app.credentials.service.forged_tags import drop_old_forged_tags
from app.credentials.service.lifecycle import activate_credential, end_credential, freeze_credential, unfreeze_credential
from app.credentials.service.pins import change_display_pin, check_pin_choice, hash_display_pin, set_display_pin, try_display_pin
from app.credentials.service.presentations import (
    Opened,
    end_if_ahead,
    end_presentations,
    end_presentations_of_account,
    hear_from_device,
    open_presentation,
)
from app.credentials.service.scan_place import ScanPlace, place_of_scan, provide_scan_place
from app.credentials.service.showables import Showable, find_showable, list_showables, provide_showables
from app.credentials.service.slip_ends import revoke_slip
from app.credentials.service.slips import SlipPaper, issue_slip, show_slip
from app.credentials.service.taking_over import on_taken_over, take_over_credential
from app.credentials.service.unlocking import (
    is_fresh,
    is_unlocked,
    lock_code,
    on_unlocked,
    stay_unlocked,
    try_unlock,
    unlock_code,
    unlock_without_pin,
)
from app.credentials.service.uses import on_used
from app.credentials.service.wallet import WalletEntry, open_wallet, salt_of

__all__ = [
    "Opened",
    "ScanPlace",
    "Showable",
    "SlipPaper",
    "WalletEntry",
    "activate_credential",
    "change_display_pin",
    "check_pin_choice",
    "deny_use",
    "draw_code",
    "drop_old_forged_tags",
    "drop_old_typed_codes",
    "end_credential",
    "end_if_ahead",
    "end_presentations",
    "end_presentations_of_account",
    "end_what_was_open",
    "find_showable",
    "freeze_credential",
    "hash_display_pin",
    "hear_from_device",
    "is_fresh",
    "is_typed_code_due",
    "is_unlocked",
    "issue_slip",
    "issue_typed_code",
    "keep_typed_code",
    "list_showables",
    "lock_code",
    "on_taken_over",
    "on_unlocked",
    "on_used",
    "open_presentation",
    "open_wallet",
    "place_of_scan",
    "provide_holders",
    "provide_scan_place",
    "provide_showables",
    "revoke_slip",
    "salt_of",
    "set_display_pin",
    "settle_denial",
    "show_slip",
    "stay_unlocked",
    "take_over_credential",
    "try_display_pin",
    "try_unlock",
    "unfreeze_credential",
    "unlock_code",
    "unlock_without_pin",
]
