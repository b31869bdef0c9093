"""Who may send papers for what. A feature that needs papers registers an `UploadPolicy`."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from app.accounts.models import Account
from app.core.errors import NotFound
from app.core.hooks import Hook
from app.documents.models import Slot


@dataclass(frozen=True)
class UploadPolicy:
    """Papers for `prefix:<id>` may be sent, and removed, when `may_upload(account, subject, slot)` is true."""

    prefix: str
    may_upload: Callable[[Account, str, str], bool]


provide_upload_policies: Hook[[], Sequence[UploadPolicy]] = Hook(
    "documents.provide_upload_policies", "For which subjects are papers taken, and from whom?"
)


def may_upload(account: Account, subject: str, slot: str) -> bool:
    prefix, _, rest = subject.partition(":")
    if not (rest.isascii() and rest.isdigit() and slot in set(Slot)):
        return False
    asked = [policy for policies in provide_upload_policies() for policy in policies if policy.prefix == prefix]
    return bool(asked) and all(policy.may_upload(account, subject, slot) for policy in asked)


def require_upload(account: Account, subject: str, slot: str) -> Slot:
    """Raises NotFound for a subject or slot this account may not send papers for."""
    if not may_upload(account, subject, slot):
        raise NotFound
    return Slot(slot)
