"""Who may send papers for what. A feature that wants papers says so with `allow_subject`."""

from collections.abc import Callable

from app.accounts.models import Account
from app.core.errors import NotFound
from app.documents.models import Slot

MayUpload = Callable[[Account, str, str], bool]
_asked: dict[str, MayUpload] = {}


def allow_subject(prefix: str, may_upload: MayUpload) -> None:
    """Papers for `prefix:<id>` are taken, and may be removed, when `may_upload(account, subject, slot)` says so."""
    _asked[prefix] = may_upload


def may_upload(account: Account, subject: str, slot: str) -> bool:
    prefix, _, rest = subject.partition(":")
    asked = _asked.get(prefix)
    return bool(asked and rest.isascii() and rest.isdigit() and slot in set(Slot) and asked(account, subject, slot))


def require_upload(account: Account, subject: str, slot: str) -> Slot:
    """Raises NotFound: what is not the visitor's is not found."""
    if not may_upload(account, subject, slot):
        raise NotFound
    return Slot(slot)
