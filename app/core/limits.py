"""Limits on how often: token buckets, in this process or shared through Redis, as RATELIMIT_STORAGE_URL says.

Limits that guard a secret are counted in the database instead. A library's counters would do, were it not that they know windows
only: a rate with a burst is a bucket, and the busiest path must not pay for timers in threads.
"""

import math
import threading
import time
from dataclasses import dataclass
from typing import Protocol

from flask import Flask, current_app, request
from redis import Redis

_MOST_KEYS = 10_000


@dataclass(frozen=True)
class Bucket:
    """Holds `burst` uses and fills up at `rate` a second."""

    rate: float
    burst: int


class Storage(Protocol):
    def take(self, bucket: Bucket, key: str) -> float:
        """Takes one use; 0.0 when there was one, else the seconds until there will be."""


class MemoryStorage:
    """Per process: with several workers each grants the whole limit, which production therefore refuses."""

    def __init__(self) -> None:
        self._levels: dict[str, tuple[float, float]] = {}
        self._lock = threading.Lock()

    def take(self, bucket: Bucket, key: str) -> float:
        now = time.monotonic()
        with self._lock:
            level, at = self._levels.get(key, (float(bucket.burst), now))
            level = min(bucket.burst, level + (now - at) * bucket.rate)
            if level < 1:
                return (1 - level) / bucket.rate
            if len(self._levels) > _MOST_KEYS:
                self._levels.clear()
            self._levels[key] = (level - 1, now)
            return 0.0


class RedisStorage:
    """Shared between workers and machines; the bucket is read and written in one step, on the Redis server's clock."""

    _TAKE = """
    local t = redis.call('TIME')
    local now = t[1] + t[2] / 1000000
    local rate, burst = tonumber(ARGV[1]), tonumber(ARGV[2])
    local known = redis.call('HMGET', KEYS[1], 'level', 'at')
    local level = math.min(burst, (tonumber(known[1]) or burst) + (now - (tonumber(known[2]) or now)) * rate)
    if level < 1 then return tostring((1 - level) / rate) end
    redis.call('HSET', KEYS[1], 'level', level - 1, 'at', string.format('%.6f', now))
    redis.call('EXPIRE', KEYS[1], math.ceil(burst / rate) + 1)
    return '0'
    """

    def __init__(self, url: str) -> None:
        self._script = Redis.from_url(url, socket_timeout=2, socket_connect_timeout=2).register_script(self._TAKE)

    def take(self, bucket: Bucket, key: str) -> float:
        return float(self._script(keys=[f"pingzheng:limit:{key}"], args=[bucket.rate, bucket.burst]))


def install(app: Flask) -> None:
    url: str = app.config["SETTINGS"].ratelimit_storage_url
    app.extensions["limits"] = MemoryStorage() if url.startswith("memory") else RedisStorage(url)


def per_second(rate: float, burst: int) -> Bucket:
    return Bucket(rate, burst)


def retry_after(bucket: Bucket, *key: str) -> int:
    """Takes one use under this key; 0 when it is within the limit, else the whole seconds after which it will be again."""
    storage: Storage = current_app.extensions["limits"]
    return math.ceil(storage.take(bucket, ":".join(key)))


def client_address() -> str:
    """The caller's address as the trusted proxies hand it on."""
    return request.remote_addr or "?"
