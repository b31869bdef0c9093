"""MACs of rows and seals, under AUDIT_KEY, which never enters the database."""

import hashlib
import hmac
import json
import struct
from array import array
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from app.core.crypto import MissingSecret
from app.core.settings import settings

GENESIS = bytes(32)


def row_mac(row: Mapping[str, Any]) -> bytes:
    """HMAC-SHA256 over every column but the MAC itself, in one fixed order."""
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
    return hmac.digest(_key(), b"row" + json.dumps(content, ensure_ascii=False).encode(), hashlib.sha256)


def seal_mac(number: int, moment: datetime, members: bytes, root: bytes, previous: bytes) -> bytes:
    head = struct.pack(">qq", number, int(moment.timestamp() * 1_000_000))
    return hmac.digest(_key(), b"seal" + head + hashlib.sha256(members).digest() + root + previous, hashlib.sha256)


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


def _key() -> bytes:
    if not settings.audit_key:
        raise MissingSecret("AUDIT_KEY is missing")
    return settings.audit_key.encode()
