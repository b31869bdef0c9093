"""While two DATA_KEYs live side by side a number may be found under either hash, and no unique index sees that both are one."""

from sqlalchemy import text

from app.core.crypto import vault
from app.core.db import db


def claim(purpose: str, value: str) -> None:
    """Until this transaction ends nobody else brings the same value in: look for it after this. purpose: of `crypto.FOUND_BY`.

    Nothing to do under one key, where the index decides, nor on SQLite, where a writing transaction is alone.
    """
    if len(vault.numbers) < 2 or db.engine.dialect.name != "postgresql":
        return
    oldest = vault.hash_under(min(vault.numbers), purpose, value)
    key = int.from_bytes(oldest[:8], "big", signed=True)
    db.session.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": key})
