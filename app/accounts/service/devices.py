"""Devices: trusted once the person has proved on them who they are, removed by their owner."""

from app.accounts.audit_tags import AccountTag
from app.accounts.models import Account, Device, SessionEnd
from app.accounts.service.sessions import end_sessions_of_device
from app.core import audit, clock
from app.core.db import transaction
from app.core.hooks import Hook

on_device_revoked: Hook[[int, str], object] = Hook(
    "accounts.on_device_revoked", "A device (its id, why) opens its account no more, in this transaction: what it held must end."
)


@transaction()
def bind_device(device: Device, by: str = "") -> None:
    """From now on this device opens its account's credential. by: who bound it, by default the account itself (`account:12`)."""
    if device.revoked_at is None and device.bound_at is None:
        device.bound_at = clock.now()
        audit.record(AccountTag.device_bound, actor=by or Account.actor_of(device.account_id), subject=device.subject)


@transaction()
def revoke_device(device: Device, by: str = "", *, reason: SessionEnd = SessionEnd.device_removed) -> None:
    """Unbinds the device, ends its sessions and everything other features end with it. reason: what its browser is told."""
    if device.revoked_at is not None:
        return
    device.revoked_at = clock.now()
    ended = end_sessions_of_device(device.id, reason)
    on_device_revoked(device.id, "device_removed")
    actor = by or Account.actor_of(device.account_id)
    audit.record(AccountTag.device_revoked, actor=actor, subject=device.subject, sessions=ended)
