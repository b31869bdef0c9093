"""Events about a person's identity, announced beyond the account itself: to those who show this person's code."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from app.accounts.models import Account
from app.core.db import transaction
from app.core.hooks import Hook


class IdentityEventKind(StrEnum):
    device_requested = "device_requested"  # by SMS and document number, in force at `effective_at`
    device_bound = "device_bound"
    pin_reset_requested = "pin_reset_requested"  # by SMS and document number, in force at `effective_at`
    pin_reset_cancelled = "pin_reset_cancelled"
    pin_reset = "pin_reset"
    pin_changed = "pin_changed"
    passkey_added = "passkey_added"
    lost_reported = "lost_reported"
    restored = "restored"


@dataclass(frozen=True, slots=True)
class IdentityEvent:
    """effective_at: when it takes effect, for requests that wait. by: who did it, `account:12`, `staff:3`."""

    kind: IdentityEventKind
    account_id: int
    person_id: int | None
    by: str
    effective_at: datetime | None = None


on_identity_changed: Hook[[IdentityEvent], object] = Hook(
    "accounts.on_identity_changed", "A way to prove oneself was asked for, changed or reported lost, in this transaction."
)


@transaction()
def announce(kind: IdentityEventKind, account: Account, *, by: str = "", effective_at: datetime | None = None) -> None:
    on_identity_changed(IdentityEvent(kind, account.id, account.person_id, by or account.actor, effective_at))
