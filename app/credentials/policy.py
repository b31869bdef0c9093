"""Who may show a code."""

from app.core import clock
from app.core.settings import settings
from app.credentials.models import Credential, CredentialStatus

SELF = "self"  # the value of `shown_by` for the holder's own phone
SLIP = "slip"  # and for paper


def lies_ahead(second: int, now: float | None = None) -> bool:
    """Whether this moment (Unix seconds) is too far in the future for any honest clock to have issued a code.

    If the server itself wrote it, the server's clock had jumped ahead. now: Unix seconds, if not the clock's.
    """
    return second > int(clock.timestamp() if now is None else now) + settings.code_future_seconds


def may_be_shown(credential: Credential) -> bool:
    return credential.status is CredentialStatus.active
