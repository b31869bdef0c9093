"""The uses of a code, as its holder sees them. A higher feature knows who scans, and provides them."""

from dataclasses import dataclass
from datetime import datetime

from app.core.hooks import Hook


@dataclass(frozen=True, slots=True)
class Use:
    """One scan that used a code up. shown_by: self | family | slip. was_asked: the desk wanted two digits, and no data went out."""

    scan_id: int
    credential_id: int
    at: datetime
    place: str
    business: str
    shown_by: str
    was_asked: bool


@dataclass(frozen=True, slots=True)
class UsesWanted:
    """shown_on_account: only those shown on this account's devices. scan_id: only this one. limit: at most so many, the newest."""

    credential_id: int
    shown_on_account: int | None
    scan_id: int | None
    limit: int


provide_uses: Hook[[UsesWanted], list[Use]] = Hook("credentials.provide_uses", "Where was this credential used, newest first?")


def read_uses(credential_id: int, *, shown_on_account: int | None, scan_id: int | None = None, limit: int) -> list[Use]:
    return [use for uses in provide_uses(UsesWanted(credential_id, shown_on_account, scan_id, limit)) for use in uses]
