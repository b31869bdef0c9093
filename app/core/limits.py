"""Rate limits: token buckets, in this process or shared through Redis, as RATELIMIT_STORAGE_URL says.

While Redis is away each process counts by itself, so each of a few workers grants the whole limit; that is better than serving
nobody. The elected process notices this and raises an alarm.

Limits that guard a secret are counted in the database instead. Libraries for rate limits only count in time windows; a rate with a
burst needs a bucket, and the busiest path must not pay for timers in threads.
"""

import math
import threading
import time
from collections import OrderedDict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from flask import Flask, current_app, request

from app.core import audit, background, outages
from app.core.audit_tags import LimitsTag
from app.core.db import transaction
from app.core.networks import UNKNOWN, network_of
from app.core.on_demand import on_demand

if TYPE_CHECKING:
    import redis
else:
    redis = on_demand("redis")

REDIS = "redis"  # its name in `core.outages`
WATCH_SECONDS = 10.0  # fixed: how soon an outage of Redis stands among the alarms
_MOST_KEYS = 10_000  # fixed: kept by one process; above that the key that was used longest ago is forgotten
_WAIT_SECONDS = 0.5  # fixed: for Redis: a scan must not wait for its limits
_TRY_AGAIN_SECONDS = 5.0  # fixed: after Redis was away; operations.md promises it is back within five seconds


@dataclass(frozen=True)
class Bucket:
    """Holds `burst` uses and refills at `rate` per second."""

    rate: float
    burst: int


class Storage(Protocol):
    def take(self, bucket: Bucket, key: str) -> float:
        """Takes one use. Returns 0.0 when there was one, otherwise the seconds until there will be one."""


class MemoryStorage:
    """Per process: each of several workers would grant the whole limit, so production refuses this storage."""

    def __init__(self) -> None:
        self._levels: OrderedDict[str, tuple[float, float]] = OrderedDict()
        self._lock = threading.Lock()

    def take(self, bucket: Bucket, key: str) -> float:
        now = time.monotonic()
        with self._lock:
            level, at = self._levels.get(key, (float(bucket.burst), now))
            level = min(bucket.burst, level + (now - at) * bucket.rate)
            if level < 1:
                self._levels.move_to_end(key)
                return (1 - level) / bucket.rate
            self._levels[key] = (level - 1, now)
            self._levels.move_to_end(key)
            if len(self._levels) > _MOST_KEYS:
                self._levels.popitem(last=False)  # the key that was used longest ago
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
        self._client = redis.Redis.from_url(
            url,
            socket_timeout=_WAIT_SECONDS,
            socket_connect_timeout=_WAIT_SECONDS,
            retry=redis.retry.Retry(redis.backoff.NoBackoff(), 0),
        )
        self._script = self._client.register_script(self._TAKE)

    def take(self, bucket: Bucket, key: str) -> float:
        return float(self._script(keys=[f"pingzheng:limit:{key}"], args=[bucket.rate, bucket.burst]))

    def answers(self) -> bool:
        """Pings Redis; waits at most half a second for the connection and half a second for the answer."""
        try:
            return bool(self._client.ping())
        except redis.exceptions.RedisError:
            return False


class GuardedStorage:
    """Redis, or this process's memory while Redis is away: then one call in five seconds tries Redis, and no other waits for it."""

    def __init__(self, shared: RedisStorage) -> None:
        self._shared, self._own = shared, MemoryStorage()
        self._rests_until = 0.0
        self._lock = threading.Lock()

    def take(self, bucket: Bucket, key: str) -> float:
        if not self._is_to_be_tried():
            return self._own.take(bucket, key)
        try:
            wait = self._shared.take(bucket, key)
        except redis.exceptions.RedisError as error:
            self._rests_until = time.monotonic() + _TRY_AGAIN_SECONDS
            outages.failed(REDIS, type(error).__name__, str(error).partition("\n")[0][:200])
            return self._own.take(bucket, key)
        self._rests_until = 0.0
        outages.answered(REDIS)
        return wait

    def answers(self) -> bool:
        return self._shared.answers()

    def _is_to_be_tried(self) -> bool:
        if not self._rests_until:
            return True
        with self._lock:
            now = time.monotonic()
            if now < self._rests_until:
                return False
            self._rests_until = now + _TRY_AGAIN_SECONDS
            return True


def install(app: Flask) -> None:
    url: str = app.config["SETTINGS"].ratelimit_storage_url
    app.extensions["limits"] = MemoryStorage() if url.startswith("memory") else GuardedStorage(RedisStorage(url))
    background.register(app, "limits.watch", WATCH_SECONDS, watch)


def is_shared_storage_away() -> bool:
    """Whether limits are kept in Redis and it does not answer. Pings it."""
    storage: Storage = current_app.extensions["limits"]
    return isinstance(storage, GuardedStorage) and not storage.answers()


def problems() -> list[str]:
    """Sentences for the operator."""
    if not is_shared_storage_away():
        return []
    return ["Redis does not answer, so each worker counts the limits alone: start it, or see RATELIMIT_STORAGE_URL."]


def watch() -> None:
    """For the elected process: writes one audit row, which is an alarm, when an outage of Redis begins, and one when it ends."""
    is_away, was_away = is_shared_storage_away(), bool(current_app.extensions.get("limits_away"))
    if is_away is was_away:
        return
    with transaction():
        audit.record(LimitsTag.alone if is_away else LimitsTag.shared_again, actor="system", subject="installation:1")
    current_app.extensions["limits_away"] = is_away


def per_second(rate: float, burst: int) -> Bucket:
    return Bucket(rate, burst)


def per_hour(count: int) -> Bucket:
    """All uses of an hour may come at once."""
    return Bucket(count / 3600, count)


def retry_after(bucket: Bucket, *key: str) -> int:
    """Takes one use under this key. Returns 0 within the limit, otherwise the whole seconds after which to try again."""
    storage: Storage = current_app.extensions["limits"]
    return math.ceil(storage.take(bucket, ":".join(key)))


def client_address() -> str:
    """The caller's address, as the trusted proxies report it."""
    return request.remote_addr or UNKNOWN


def client_network() -> str:
    """The network by which the caller is counted: see `core.networks`."""
    return network_of(client_address())
