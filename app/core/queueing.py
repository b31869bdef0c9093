"""Counting and adding as one step, for limits that are counted in rows."""

from hashlib import sha256

from sqlalchemy import text
from sqlalchemy.engine import Connection

from app.core.db import db


def one_at_a_time(*keys: bytes, connection: Connection | None = None) -> None:
    """Parallel requests under one of these keys queue here until the surrounding transaction ends.

    keys: whatever names what is counted. connection: of a `bare_transaction`; None for the session's.
    SQLite has one writer anyway; PostgreSQL waits for advisory locks, always taken in the same order.
    """
    if db.engine.dialect.name != "postgresql":
        return
    for number in sorted(int.from_bytes(sha256(key).digest()[:8], "big", signed=True) for key in keys):
        (connection or db.session).execute(text("SELECT pg_advisory_xact_lock(:number)"), {"number": number})
