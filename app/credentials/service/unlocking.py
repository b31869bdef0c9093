"""Showing the code asks for the display PIN (S15); a session stays unlocked while its page is seen, and five minutes more."""

from datetime import timedelta

from app.accounts.models import LoginSession
from app.accounts.service import note_unlocked
from app.core import audit, clock
from app.core.db import transaction
from app.core.settings import settings
from app.credentials.models import Credential
from app.credentials.policy import CredentialTag
from app.credentials.service.pins import PinResult, try_display_pin
from app.credentials.service.presentations import Opened, open_presentation

RENEW_AFTER = timedelta(seconds=45)


def try_unlock(
    session: LoginSession, credential: Credential, pin: str, *, holds: str | None, wants_key: bool
) -> PinResult | Opened:
    """Opened when the PIN was right, else how many guesses are left."""
    result = try_display_pin(session.account_id, pin)
    return unlock_code(session, credential, holds=holds, wants_key=wants_key) if result.ok else result


@transaction()
def unlock_code(session: LoginSession, credential: Credential, *, holds: str | None = None, wants_key: bool = False) -> Opened:
    """The person has just proved to be themselves in this session: its code is shown. See `open_presentation`."""
    opened = open_presentation(credential, session.device, holds=holds, wants_key=wants_key)
    note_unlocked(session)
    audit.record(
        CredentialTag.unlocked,
        actor=f"account:{session.account_id}",
        subject=f"credential:{credential.id}",
        person_id=credential.person_id,
        session=session.id,
    )
    return opened


def is_unlocked(session: LoginSession) -> bool:
    return session.unlocked_at is not None and clock.now() - session.unlocked_at < timedelta(minutes=settings.relock_minutes)


def stay_unlocked(session: LoginSession) -> None:
    """The page is being looked at. Writes at most every 45 s."""
    if session.unlocked_at is not None and clock.now() - session.unlocked_at >= RENEW_AFTER:
        note_unlocked(session)


def lock_code(session: LoginSession) -> None:
    note_unlocked(session, is_unlocked=False)
