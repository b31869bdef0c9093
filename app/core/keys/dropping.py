"""Removes a key that was replaced from the list, once nothing needs it any more."""

from sqlalchemy import update

from app.core import clock
from app.core.crypto import vault
from app.core.db import db, schema_changes
from app.core.keys.checks import CHECKS, name_of
from app.core.keys.needs import find_needs
from app.key_lists import read_keys, write_carried, write_keys, writing_key


class StillNeeded(RuntimeError):
    """The key has to stay; the message says for what, without its full stop."""


def drop(known: dict[str, str], family: str, key_id: str) -> None:
    """Removes the key from `known`, the values of secrets.env. Raises StillNeeded.

    The database is told first: if the process is killed before the file is written, there is one key too many, which does no harm.
    """
    keys = read_keys(known.get(family, ""))
    going = next((key for key in keys if key.id == key_id), None)
    if going is None:
        raise StillNeeded(f"{family} has no key {key_id}")
    if going is writing_key(keys, clock.timestamp()) or going.begins > clock.timestamp():
        raise StillNeeded(f"{family} {key_id} is the key that writes: `flask keys rotate` first")
    if needs := find_needs(family, keys, going):
        raise StillNeeded(f"{family} {key_id} is still needed: {'; '.join(needs)}")
    with schema_changes(), db.engine.begin() as connection:
        wanted = update(CHECKS).where(CHECKS.c.name == name_of(family, going.number))
        connection.execute(wanted.values(dropped_at=clock.now()))
    if family == "DATA_KEY" and going.number == 1:
        known["CARRIED_KEYS"] = write_carried(vault.carry_on())
    known[family] = write_keys(tuple(key for key in keys if key is not going))
