"""The check values that a database holds for its secrets, and those that the running secrets would have."""

import hashlib
import hmac
import os
import socket
from collections.abc import Collection, Mapping
from datetime import UTC, datetime
from types import MappingProxyType
from typing import Any

from sqlalchemy import Connection, func, inspect, null, select
from sqlalchemy.dialects import postgresql, sqlite

from app.core import clock
from app.core.db import Base, table_of
from app.core.keys.models import SecretCheck
from app.core.settings import settings
from app.key_lists import read_keys

PLAIN = ("SECRET_KEY", "DATA_KEY", "AUDIT_KEY")
MASTERS = "CODE_MASTERS"
CHECKS = table_of(SecretCheck)
_TEXT = b"pingzheng secret check 1:"


def read_checks(connection: Connection) -> dict[str, Any]:
    """The rows of `secret_check` by name, the newest master last; none if the database has no such table yet."""
    if not inspect(connection).has_table(CHECKS.name):
        return {}
    there = {column["name"] for column in inspect(connection).get_columns(CHECKS.name)}
    columns = [column if column.name in there else null().label(column.name) for column in CHECKS.c]  # an older version lacks some
    rows = connection.execute(select(*columns).select_from(CHECKS)).all()
    return {row.name: row for row in sorted(rows, key=lambda row: (row.made_at, len(row.name), row.name))}


def insert_checks(
    connection: Connection, secrets: Mapping[str, bytes], proved: Collection[str], begins: Mapping[str, int] = MappingProxyType({})
) -> None:
    """Leaves rows alone that another process wrote meanwhile. begins: Unix seconds by name, for keys that came by rotation."""
    insert = postgresql.insert if connection.dialect.name == "postgresql" else sqlite.insert
    salt = next((row.salt for row in read_checks(connection).values()), None) or os.urandom(16)
    for name, key in secrets.items():
        values = {
            "name": name,
            "salt": salt,
            "check_value": _check_value(name, key, salt),
            "made_at": clock.now(),
            "made_in": f"{settings.instance_path} on {socket.gethostname()}"[:255],
            "is_proved": name in proved,
            "begins_at": datetime.fromtimestamp(begins[name], UTC) if begins.get(name) else None,
        }
        connection.execute(insert(CHECKS).values(values).on_conflict_do_nothing())


def running_secrets() -> dict[str, bytes]:
    """Every secret of the settings under the name of its check value."""
    return secrets_of(running_values())


def running_values() -> dict[str, str]:
    """The settings that hold secrets, as secrets.env names them."""
    return {name: str(getattr(settings, name.lower())) for name in (*PLAIN, MASTERS)}


def secrets_of(values: Mapping[str, str]) -> dict[str, bytes]:
    """Every secret of these settings under the name of its check value."""
    plain = {name_of(family, key.number): key.secret.encode() for family in PLAIN for key in read_keys(values.get(family, ""))}
    return plain | masters_of(values.get(MASTERS, ""))


def begins_of(values: Mapping[str, str]) -> dict[str, int]:
    """When each key of a list begins to write, in Unix seconds, by the name of its check value."""
    return {name_of(family, key.number): key.begins for family in PLAIN for key in read_keys(values.get(family, ""))}


def name_of(family: str, number: int) -> str:
    """The name of a key's check value. The first key of a list keeps the name it had as the only one."""
    return family if number == 1 else f"{family} k{number}"


def family_of(name: str) -> str:
    """`DATA_KEY` of `DATA_KEY k2`."""
    return name.partition(" ")[0]


def masters_of(code_masters: str) -> dict[str, bytes]:
    """Leaves out entries that are no master: `Settings.problems` reports them. The time a master was retired is not secret."""
    parts = [entry.split(":") for entry in code_masters.split(",")]
    return {f"{MASTERS} {one[0]}": ":".join(one[1:3]).lower().encode() for one in parts if len(one) >= 3}


def fits(row: Any, key: bytes) -> bool:
    return hmac.compare_digest(row.check_value, _check_value(row.name, key, row.salt))


def is_master(name: str) -> bool:
    return name.startswith(MASTERS)


def id_of(name: str) -> str:
    """`m1` of `CODE_MASTERS m1`, `k2` of `DATA_KEY k2`, `k1` of `DATA_KEY`."""
    return name.partition(" ")[2] or "k1"


def made_with(connection: Connection) -> str:
    """What to do about secrets that do not fit. Says which secrets.env is needed: from which instance, and from when."""
    rows = list(read_checks(connection).values())
    moments = [row.made_at for row in rows]
    installation = Base.metadata.tables["installation"]
    if inspect(connection).has_table(installation.name):
        first: datetime | None = connection.scalar(select(func.min(installation.c.created_at)))
        moments += [first] if first else []
    parts = [f"instance {rows[0].made_in}"] if rows else []
    parts += [f"first made on {clock.local(min(moments)):%Y-%m-%d}"] if moments else []
    which = f" ({', '.join(parts)})" if parts else ""
    return f"put back the secrets.env it was made with{which}"


def _check_value(name: str, key: bytes, salt: bytes) -> bytes:
    return hmac.digest(key, _TEXT + salt + name.encode(), hashlib.sha256)
