"""The list that goes with a backup: what it is, which version made it, and which rows and files are in it.

It is the last member of the archive, so a file that was cut off has none. With the secrets one can check that it is as it was
written (`mac`); without them one can still compare it with the content.
"""

import hmac
import json
from dataclasses import asdict, dataclass, field
from typing import Any

from app.core.crypto import vault

FORMAT = 2  # 1 is the release of 2026-11-22, which had no manifest
_PURPOSE = "backup-manifest"


@dataclass(slots=True, kw_only=True)
class Manifest:
    """created_at: ISO 8601. kind: demo | production. tables: rows of each. documents: SHA-256 of each file, hex, by its name.

    head: number and MAC of the last seal in the database. missing, spoilt: files named by rows that were missing, or could not be
    opened, when the backup was made.
    """

    version: str
    revision: str
    created_at: str
    kind: str
    bureau: str
    tables: dict[str, int]
    database: str  # its SHA-256, hex
    documents: dict[str, str]
    head: dict[str, Any] | None
    missing: list[str] = field(default_factory=list)
    spoilt: list[str] = field(default_factory=list)
    format: int = FORMAT
    mac: str = ""

    @property
    def rows(self) -> int:
        return sum(self.tables.values())

    def sign(self) -> None:
        """Raises crypto.MissingSecret without DATA_KEY."""
        self.mac = self._mac()

    def is_genuine(self) -> bool:
        """Whether it is as it was written, under this DATA_KEY. Raises crypto.MissingSecret."""
        return hmac.compare_digest(self.mac, self._mac())

    def to_bytes(self) -> bytes:
        return json.dumps(asdict(self), ensure_ascii=False, sort_keys=True, indent=1).encode()

    def _mac(self) -> str:
        content = asdict(self) | {"mac": ""}
        return vault.keyed_hash(_PURPOSE, json.dumps(content, ensure_ascii=False, sort_keys=True)).hex()


def read_manifest(data: bytes) -> Manifest:
    """Raises ValueError when it is no manifest, or a field has the wrong type."""
    content = json.loads(data)
    if not isinstance(content, dict):
        raise ValueError("not an object")
    if isinstance(content.get("format"), int) and content["format"] > FORMAT:
        return Manifest(**_BARE | {"version": str(content.get("version", "?"))}, format=content["format"])
    try:
        made = Manifest(**content)
    except TypeError as error:
        raise ValueError(str(error)) from None
    if not _is_typed(made):
        raise ValueError("a field of another type")
    return made


# Of a newer format only the version is read.
_BARE: dict[str, Any] = {
    "revision": "",
    "created_at": "",
    "kind": "",
    "bureau": "",
    "tables": {},
    "database": "",
    "documents": {},
    "head": None,
}


def _is_typed(made: Manifest) -> bool:
    texts = (made.version, made.revision, made.created_at, made.kind, made.bureau, made.database, made.mac)
    return (
        made.format == FORMAT
        and all(isinstance(text, str) for text in texts)
        and isinstance(made.tables, dict)
        and all(isinstance(count, int) for count in made.tables.values())
        and isinstance(made.documents, dict)
        and all(isinstance(digest, str) for digest in made.documents.values())
        and (made.head is None or (isinstance(made.head, dict) and set(made.head) == {"number", "mac"}))
        and isinstance(made.missing, list)
        and isinstance(made.spoilt, list)
    )
