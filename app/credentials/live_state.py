"""What `GET /code/state` tells a phone: under 200 bytes, so that polling every other second costs little. No I/O."""

import json
import zlib
from typing import Any, Protocol

from app.core import clock
from app.credentials.service import ScanPlace

SCAN_IS_NEWS_SECONDS = 90  # fixed: how long the phone says where it was scanned, even after a spell without a network
MOST_BYTES = 199  # fixed: every open code page polls every other second
TIME_HEADER = "X-Pz-Time"  # the server's clock in milliseconds


class Shows(Protocol):
    """What has become of the code that a device shows."""

    @property
    def handle(self) -> str | None: ...
    @property
    def last_used(self) -> int: ...
    @property
    def last_scan_id(self) -> int | None: ...
    @property
    def challenge_until(self) -> int: ...
    @property
    def challenge_misses(self) -> int: ...


def tells_news(shown: Shows) -> bool:
    """Whether a scan is so recent that the phone shows it."""
    return shown.last_scan_id is not None and clock.timestamp() - shown.last_used < SCAN_IS_NEWS_SECONDS


def is_challenged(shown: Shows) -> bool:
    """Whether a desk waits for two digits."""
    return shown.challenge_until >= clock.timestamp()


def state_of(shown: Shows, typed: str, typed_until: int, place: ScanPlace | None) -> dict[str, Any]:
    """challenge: how many wrong answers the waiting desk has had; 3 when it has stopped waiting. at: `10:32`."""
    content: dict[str, Any] = {
        "handle": shown.handle,
        "last_used": shown.last_used,
        "typed": typed,
        "typed_until": typed_until,
    }
    if is_challenged(shown) or (shown.challenge_misses and tells_news(shown)):
        content["challenge"] = shown.challenge_misses
    if place is not None:
        content["at"] = f"{clock.local(place.at):%H:%M}"
        room = MOST_BYTES - len(to_bytes({**content, "place": ""}))
        content["place"] = _cut(place.name, room)
    return content


_encode = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode


def to_bytes(content: dict[str, Any]) -> bytes:
    return _encode(content).encode()


def etag_of(body: bytes) -> str:
    return f'"{zlib.crc32(body):08x}"'


def _cut(name: str, room: int) -> str:
    """As much of the name as fits into `room` bytes."""
    if len(json.dumps(name, ensure_ascii=False).encode()) - 2 <= room:
        return name
    while name and len(json.dumps(name + "…", ensure_ascii=False).encode()) - 2 > room:
        name = name[:-1]
    return name + "…"
