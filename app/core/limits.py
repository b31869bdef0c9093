"""Limits on how often, in the storage the settings name. Limits that guard a secret are counted in the database instead."""

import time

from flask import Flask, current_app, request
from limits import RateLimitItem, parse
from limits.storage import storage_from_string
from limits.strategies import SlidingWindowCounterRateLimiter

from app.core.settings import settings


def install(app: Flask) -> None:
    app.extensions["limiter"] = SlidingWindowCounterRateLimiter(storage_from_string(app.config["SETTINGS"].ratelimit_storage_url))


def retry_after(limit: RateLimitItem, *key: str) -> int:
    """Counts one use; 0 when it is within the limit, else the whole seconds after which it will be again."""
    limiter: SlidingWindowCounterRateLimiter = current_app.extensions["limiter"]
    if limiter.hit(limit, *key):
        return 0
    return max(1, round(limiter.get_window_stats(limit, *key).reset_time - time.time()))


def per_second(rate: int, burst: int) -> RateLimitItem:
    """At most `burst` in any window of burst/rate seconds."""
    return parse(f"{burst} per {max(1, burst // rate)} second")


def client_address() -> str:
    return request.remote_addr or "?"


def storage_is_shared() -> bool:
    return not settings.ratelimit_storage_url.startswith("memory")
