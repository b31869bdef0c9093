"""What the audit log calls the acts of this feature, and who may show a code."""

from enum import StrEnum

from app.core import clock
from app.core.settings import settings
from app.credentials.models import Credential, CredentialStatus


class CredentialTag(StrEnum):
    activated = "credential:activated"
    frozen = "credential:frozen"
    unfrozen = "credential:unfrozen"
    ended = "credential:ended"
    taken_over = "credential:taken_over"
    pin_set = "credential:pin_set"
    pin_changed = "credential:pin_changed"
    pin_wrong = "credential:pin_wrong"
    pin_locked = "credential:pin_locked"
    pin_guessed = "credential:pin_guessed"
    unlocked = "credential:unlocked"
    use_denied = "credential:use_denied"
    denial_settled = "credential:denial_settled"
    slip_issued = "slip:issued"
    slip_shown = "slip:shown"
    slip_revoked = "slip:revoked"
    presentation_made = "presentation:made"
    presentation_ended = "presentation:ended"
    tags_forged = "presentation:tags_forged"


SLIP = "slip"  # what `shown_by` says of paper


def lies_ahead(second: int, now: float | None = None) -> bool:
    """Whether this moment (Unix seconds) is one at which no honest clock could have issued a code yet.

    Where the server itself has written it, the server's clock had jumped. now: Unix seconds, if not the clock's.
    """
    return second > int(clock.timestamp() if now is None else now) + settings.code_future_seconds


def may_be_shown(credential: Credential) -> bool:
    return credential.status is CredentialStatus.active
