"""Who may show a code."""

from app.core import clock
from app.core.settings import settings
from app.credentials.models import Credential, CredentialStatus

SELF = "self"  # what `shown_by` says of the holder's own telephone
SLIP = "slip"  # and of paper


def lies_ahead(second: int, now: float | None = None) -> bool:
    """Whether this moment (Unix seconds) is one at which no honest clock could have issued a code yet.

    Where the server itself has written it, the server's clock had jumped. now: Unix seconds, if not the clock's.
    """
    return second > int(clock.timestamp() if now is None else now) + settings.code_future_seconds


def may_be_shown(credential: Credential) -> bool:
    return credential.status is CredentialStatus.active
