"""The verbs of the credential: it lives, is unlocked by its PIN, is shown by presentations."""

from app.credentials.service.drawing import draw_code, drop_old_typed_codes, is_typed_code_due, issue_typed_code, keep_typed_code
from app.credentials.service.lifecycle import activate_credential, end_credential, freeze_credential, unfreeze_credential
from app.credentials.service.pins import PinResult, check_pin_choice, hash_display_pin, set_display_pin, try_display_pin
from app.credentials.service.presentations import Opened, end_presentations, hear_from_device, open_presentation
from app.credentials.service.scan_place import place_of_scan, use_for_scan_place
from app.credentials.service.showables import Showable, find_showable, list_showables, show_also
from app.credentials.service.unlocking import is_unlocked, lock_code, stay_unlocked, try_unlock, unlock_code

__all__ = [
    "Opened",
    "PinResult",
    "Showable",
    "activate_credential",
    "check_pin_choice",
    "draw_code",
    "drop_old_typed_codes",
    "end_credential",
    "end_presentations",
    "find_showable",
    "freeze_credential",
    "hash_display_pin",
    "hear_from_device",
    "is_typed_code_due",
    "is_unlocked",
    "issue_typed_code",
    "keep_typed_code",
    "list_showables",
    "lock_code",
    "open_presentation",
    "place_of_scan",
    "set_display_pin",
    "show_also",
    "stay_unlocked",
    "try_display_pin",
    "try_unlock",
    "unfreeze_credential",
    "unlock_code",
    "use_for_scan_place",
]
