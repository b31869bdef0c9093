"""Showing the code requires the display PIN (S15); a session stays unlocked while its page is open, and five minutes longer."""

from datetime import datetime, timedelta

from app.accounts.models import Account, LoginSession
from app.accounts.service import note_unlocked
from app.core import audit, clock
from app.core.db import transaction
from app.core.hooks import Hook
from app.core.settings import settings
from app.credentials.audit_tags import CredentialTag
from app.credentials.models import Credential
from app.credentials.service.pins import PinResult, try_display_pin
from app.credentials.service.presentations import Opened, open_presentation
from app.credentials.service.wallet import open_wallet

RENEW_AFTER = timedelta(seconds=45)  # fixed: a polling page writes only once in a while, yet often enough never to lock itself

on_unlocked: Hook[[LoginSession], object] = Hook(
    "credentials.on_unlocked", "The display PIN has opened the code in this session, in this transaction."
)


def try_unlock(
    session: LoginSession, credential: Credential, pin: str, *, holds: str | None, wants_key: bool, shown_by: str = "self"
) -> PinResult | Opened:
    """Opened when the PIN was right, else the PinResult that says how many guesses are left."""
    result = try_display_pin(session.device, pin)
    return unlock_code(session, credential, holds=holds, wants_key=wants_key, shown_by=shown_by) if result.ok else result


@transaction()
def unlock_code(
    session: LoginSession, credential: Credential, *, holds: str | None = None, wants_key: bool = False, shown_by: str = "self"
) -> Opened:
    """Shows this code because the person has just proved in this session who they are. See `open_presentation`."""
    opened = open_presentation(credential, session.device, holds=holds, wants_key=wants_key, shown_by=shown_by)
    note_unlocked(session)
    audit.record(
        CredentialTag.unlocked,
        actor=Account.actor_of(session.account_id),
        subject=credential.subject,
        person_id=credential.person_id,
        session=session.id,
    )
    on_unlocked(session)
    return opened


@transaction()
def unlock_without_pin(session: LoginSession, method: str) -> None:
    """Unlocks after another proof of the person's presence, such as a passkey. No keys are handed out: a device wraps them with the
    PIN, which was not typed, so the server draws the codes."""
    open_wallet(session.account, session.device)
    note_unlocked(session)
    audit.record(
        CredentialTag.unlocked,
        actor=Account.actor_of(session.account_id),
        subject=Account.subject_of(session.account_id),
        person_id=session.account.person_id,
        session=session.id,
        method=method,
    )


def is_unlocked(session: LoginSession) -> bool:
    return is_fresh(session.unlocked_at)


def is_fresh(unlocked_at: datetime | None, now: datetime | None = None) -> bool:
    """Whether an unlock at this moment still counts. One noted while the server's clock was ahead does not: it would last hours."""
    if unlocked_at is None:
        return False
    return -clock.OTHER_CLOCKS < (now or clock.now()) - unlocked_at < timedelta(minutes=settings.relock_minutes)


def stay_unlocked(session: LoginSession) -> None:
    """The page is being looked at. Writes at most every 45 s."""
    if session.unlocked_at is not None and clock.now() - session.unlocked_at >= RENEW_AFTER:
        note_unlocked(session)


def lock_code(session: LoginSession) -> None:
    note_unlocked(session, is_unlocked=False)
