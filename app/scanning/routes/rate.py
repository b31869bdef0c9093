"""How often a key or an operator may call, with the same rate for the API and the desk."""

import hashlib
from functools import lru_cache

from app.core import limits
from app.core.settings import settings


def retry_after(*caller: str) -> int:
    """Takes one call from the caller's bucket: 0, or the seconds after which another is allowed."""
    return limits.retry_after(_rate(settings.ec_query_per_second, settings.ec_query_burst), *caller)


def retry_after_of_key(authorization: str, family: str) -> int:
    """One bucket per key and family of calls. Keyed by the whole API key, not by the id in it, so that only a caller with the
    secret can use up its limit.
    """
    return retry_after(family, hashlib.sha256(authorization.encode()).hexdigest()[:32])


@lru_cache(maxsize=4)
def _rate(per_second: int, burst: int) -> limits.Bucket:
    return limits.per_second(per_second, burst)
