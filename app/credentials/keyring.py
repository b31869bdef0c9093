"""The masters from which every presentation's key is derived. The newest makes keys; retired ones still verify for 31 days."""

import hmac
from dataclasses import dataclass
from functools import lru_cache

from app.core import clock
from app.core.crypto import MissingSecret
from app.core.flask_types import standing_for
from app.core.settings import settings
from app.credentials.code_format import Code, derive_key, tag_of


@dataclass(frozen=True)
class Master:
    id: str
    digest: str  # of its derive_key: sha256 or sm3
    secret: bytes
    retired_at: int | None = None  # Unix seconds


class Keyring:
    """Newest first, as CODE_MASTERS lists them: `id:digest:hex[:retired-at]`, comma separated."""

    def __init__(self, masters: list[Master], overlap_seconds: int) -> None:
        self._masters = masters
        self._overlap = overlap_seconds

    @property
    def newest(self) -> Master:
        return self._masters[0]

    def live(self, now: float) -> list[Master]:
        return [m for m in self._masters if m.retired_at is None or now < m.retired_at + self._overlap]

    def find(self, master_id: str) -> Master | None:
        """None when the master was removed or its overlap is over."""
        return next((m for m in self.live(clock.timestamp()) if m.id == master_id), None)

    def is_genuine(self, code: Code, now: float, likely: str = "") -> bool:
        """Whether the tag was made under a living master, the `likely` one tried first. Compared as bytes in constant time."""
        living = self.live(now)
        if len(living) > 1:
            living.sort(key=lambda master: master.id != likely)
        return any(hmac.compare_digest(tag_of(key_of(m, code.handle), code.signed), code.tag) for m in living)


def key_of(master: Master, handle: str) -> bytes:
    return derive_key(master.secret, handle, master.digest)


@lru_cache(maxsize=8)
def read_keyring(code_masters: str, overlap_seconds: int) -> Keyring:
    if not code_masters:
        raise MissingSecret("CODE_MASTERS is missing")
    masters = []
    for entry in code_masters.split(","):
        master_id, digest, secret, *retired = entry.split(":")
        masters.append(Master(master_id, digest, bytes.fromhex(secret), int(retired[0]) if retired else None))
    return Keyring(masters, overlap_seconds)


keyring = standing_for(lambda: read_keyring(settings.code_masters, settings.master_overlap_days * 86400))
