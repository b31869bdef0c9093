"""Devices: trusted once the person has proved to be themselves on them, removed by their owner."""

from collections.abc import Callable

from app.accounts.models import Account, AccountTag, Device, SessionEnd
from app.accounts.service.sessions import end_sessions_of_device
from app.core import audit, clock
from app.core.db import transaction

Listener = Callable[[int, str], object]
_listeners: list[Listener] = []


def on_device_revoked(listener: Listener) -> None:
    """Higher features say what else must end: `listener(device_id, reason)` runs in the revoking transaction."""
    if listener not in _listeners:
        _listeners.append(listener)


@transaction()
def bind_device(device: Device, by: str = "") -> None:
    """From now on this device opens its account's credential. by: who made it so, `account:12` unless said."""
    if device.revoked_at is None and device.bound_at is None:
        device.bound_at = clock.now()
        audit.record(AccountTag.device_bound, actor=by or Account.actor_of(device.account_id), subject=device.subject)


@transaction()
def revoke_device(device: Device, by: str = "", *, reason: SessionEnd = SessionEnd.device_removed) -> None:
    """It is bound no more, its sessions end, and so does what the listeners end with it. reason: what its browser is told."""
    if device.revoked_at is not None:
        return
    device.revoked_at = clock.now()
    ended = end_sessions_of_device(device.id, reason)
    for listener in _listeners:
        listener(device.id, "device_removed")
    actor = by or Account.actor_of(device.account_id)
    audit.record(AccountTag.device_revoked, actor=actor, subject=device.subject, sessions=ended)
