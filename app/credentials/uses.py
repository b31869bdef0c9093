"""The uses of a code, as its holder sees them. Who scans is the business of a higher feature: it registers where they are read."""

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol


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


class Source(Protocol):
    def __call__(self, credential_id: int, *, shown_on_account: int | None, scan_id: int | None, limit: int) -> list[Use]: ...


_sources: list[Source] = []


def use_for_uses(source: Source) -> None:
    """`source` lists the uses of a credential, newest first. shown_on_account: only those shown on this account's devices."""
    _sources[:] = [source]


def read_uses(credential_id: int, *, shown_on_account: int | None, scan_id: int | None = None, limit: int) -> list[Use]:
    return [
        use for source in _sources for use in source(credential_id, shown_on_account=shown_on_account, scan_id=scan_id, limit=limit)
    ]
