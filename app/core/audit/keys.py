"""MACs of rows and seals, under AUDIT_KEY, which never enters the database.

AUDIT_KEY may list several keys; the time of a row or seal decides which of them it was made with. A process that was not restarted
in time goes on with the older key for a while, so for one day after a key begins its predecessor is believed too.
"""

import hashlib
import hmac
import json
import struct
from array import array
from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime
from itertools import pairwise
from typing import Any

from app.core.crypto import MissingSecret
from app.core.settings import settings
from app.key_lists import Key, writing_key

GENESIS = bytes(32)
GRANTED_SECONDS = 86_400  # fixed: a process that has not been restarted may go on with the old key for a day


def row_mac(row: Mapping[str, Any]) -> bytes:
    """HMAC-SHA256 over every column but the MAC itself, in one fixed order, with the key of the row's time."""
    return _row_mac(row, _key_at(row["created_at"]).secret)


def key_of_row(row: Mapping[str, Any]) -> int:
    """The number of the key that the row's MAC was made with; 0 when no key fits, which means that the row was changed."""
    return next((key.number for key in _believed(row["created_at"]) if _is_same(_row_mac(row, key.secret), row["row_mac"])), 0)


def believed_until(number: int) -> datetime | None:
    """Until when rows made with this key had to be sealed; None for the newest key."""
    successor = min((key for key in settings.audit_keys if key.number > number), key=lambda key: key.number, default=None)
    return None if successor is None else datetime.fromtimestamp(successor.begins + GRANTED_SECONDS, UTC)


def _row_mac(row: Mapping[str, Any], key: str) -> bytes:
    moment: datetime = row["created_at"]
    content = [
        row["id"],
        int(moment.timestamp()) * 1_000_000 + moment.microsecond,
        row["tag"],
        row["outcome"],
        row["actor"],
        row["subject"],
        row["person_id"],
        row["place"],
        row["detail"],
    ]
    return hmac.digest(key.encode(), b"row" + json.dumps(content, ensure_ascii=False).encode(), hashlib.sha256)


def seal_mac(number: int, moment: datetime, members: bytes, root: bytes, previous: bytes) -> bytes:
    return _seal_mac(_key_at(moment).secret, number, moment, members, root, previous)


def seal_fits(mac: bytes, number: int, moment: datetime, members: bytes, root: bytes, previous: bytes) -> bool:
    """Whether the seal was made with a key that was believed at its time."""
    return any(_is_same(_seal_mac(key.secret, number, moment, members, root, previous), mac) for key in _believed(moment))


def _seal_mac(key: str, number: int, moment: datetime, members: bytes, root: bytes, previous: bytes) -> bytes:
    head = struct.pack(">qq", number, int(moment.timestamp() * 1_000_000))
    return hmac.digest(key.encode(), b"seal" + head + hashlib.sha256(members).digest() + root + previous, hashlib.sha256)


def merkle_root(leaves: Iterable[tuple[int, bytes]]) -> bytes:
    """Root over (id, row MAC) in the given order; leaves and nodes are hashed apart (RFC 9162, 2.1)."""
    level = [hashlib.sha256(b"\0" + struct.pack(">q", number) + mac).digest() for number, mac in leaves]
    while len(level) > 1:
        pairs = [hashlib.sha256(b"\1" + level[i] + level[i + 1]).digest() for i in range(0, len(level) - 1, 2)]
        level = pairs + level[len(pairs) * 2 :]
    return level[0] if level else GENESIS


def pack_ids(ids: Iterable[int]) -> bytes:
    return array("q", ids).tobytes()


def unpack_ids(members: bytes) -> list[int]:
    ids = array("q")
    ids.frombytes(members)
    return ids.tolist()


def _key_at(moment: datetime) -> Key:
    """The key for writing at that time."""
    keys = settings.audit_keys
    if not keys:
        raise MissingSecret("AUDIT_KEY is missing")
    return keys[0] if len(keys) == 1 else writing_key(keys, moment.timestamp())


def _believed(moment: datetime) -> Iterator[Key]:
    """The key for writing at that time, and older ones that had been replaced less than a day before. Never a newer one."""
    yield (newest := _key_at(moment))
    for newer, key in pairwise(key for key in settings.audit_keys if key.number <= newest.number):
        if moment.timestamp() < newer.begins + GRANTED_SECONDS:
            yield key


def _is_same(one: bytes, other: bytes) -> bool:
    return hmac.compare_digest(one, other)
