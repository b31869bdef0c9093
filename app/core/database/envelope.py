"""The unencrypted wrapping of an encrypted backup: a tar file with the backup as an age file, and a list that describes it.

So anyone who keeps the file without a key can check that every byte is as it was written, and `tar` and `age` open it without this
program. Against somebody who changes both, this list proves nothing; the signed list inside does.
"""

import hashlib
import json
import tarfile
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import IO, Any

from app.core import clock
from app.core.database.backup_rejected import BackupRejected
from app.version import VERSION

ENCRYPTED_NAME = "backup.tar.gz.age"
ENVELOPE_NAME = "envelope.json"
FORMAT = 1
_BLOCK = tarfile.BLOCKSIZE
_MOST_SAID = 1 << 16  # fixed: bytes of the list
_CHUNK = 1 << 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Envelope:
    """created_at: ISO 8601. size, sha256: of the age file, in bytes and hex. recipients: public keys any of whose identities opens
    it."""

    version: str
    created_at: str
    size: int
    sha256: str
    recipients: list[str]
    format: int = FORMAT


class EnvelopeWriter:
    """Takes the age file piece by piece; its header contains its size and is written at the end, when that is known."""

    def __init__(self, file: IO[bytes]) -> None:
        self._file, self._digest, self._size = file, hashlib.sha256(), 0
        file.write(bytes(_BLOCK))

    def write(self, data: bytes) -> int:
        self._file.write(data)
        self._digest.update(data)
        self._size += len(data)
        return len(data)

    def flush(self) -> None:
        self._file.flush()

    def finish(self, recipients: list[str]) -> None:
        made = Envelope(
            version=VERSION,
            created_at=clock.now().isoformat(timespec="seconds"),
            size=self._size,
            sha256=self._digest.hexdigest(),
            recipients=recipients,
        )
        said = json.dumps(asdict(made), indent=1).encode()
        self._file.write(_padding(self._size) + _header(ENVELOPE_NAME, len(said)) + said + _padding(len(said)) + bytes(2 * _BLOCK))
        self._file.seek(0)
        self._file.write(_header(ENCRYPTED_NAME, self._size))


class Payload:
    """The age file inside, for reading from its beginning."""

    def __init__(self, file: IO[bytes], size: int) -> None:
        self._file, self._left = file, size
        file.seek(_BLOCK)

    def read(self, count: int = -1) -> bytes:
        data = self._file.read(self._left if count < 0 else min(count, self._left))
        self._left -= len(data)
        return data


def read_envelope(source: Path) -> Envelope | None:
    """None for a file that is no encrypted backup. Raises BackupRejected for one that is cut off or holds anything else."""
    with source.open("rb") as file:
        first = _entry(file)
        if first is None or first.name != ENCRYPTED_NAME:
            return None
        file.seek(first.size + len(_padding(first.size)), 1)
        last = _entry(file)
        if last is None:
            raise BackupRejected(f"{source} is cut off or was changed: copy it again from where it came")
        if last.name != ENVELOPE_NAME or last.size > _MOST_SAID:
            raise BackupRejected(f"{source} was changed: something stands in it that no backup has")
        said = file.read(last.size)
        end = file.read(len(_padding(last.size)) + 2 * _BLOCK + 1)
    if len(said) < last.size or len(end) != len(_padding(last.size)) + 2 * _BLOCK or end.strip(b"\0"):
        raise BackupRejected(f"{source} is cut off, or something is written behind its end: copy it again from where it came")
    return _read(said, first.size, source)


def require_intact(source: Path, envelope: Envelope) -> None:
    """Raises BackupRejected when the encrypted part is not as its list says."""
    digest = hashlib.sha256()
    with source.open("rb") as file:
        payload = Payload(file, envelope.size)
        while chunk := payload.read(_CHUNK):
            digest.update(chunk)
    if digest.hexdigest() != envelope.sha256:
        raise BackupRejected(f"{source} was changed: its encrypted part has another digest than its list says")


def _read(said: bytes, size: int, source: Path) -> Envelope:
    try:
        content: dict[str, Any] = json.loads(said)
        if content["format"] > FORMAT:
            raise BackupRejected(
                f"{source} was made by {content['version']}, which is newer than this program ({VERSION}): install that version"
            )
        found = Envelope(**content)
        is_typed = all(isinstance(one, str) for one in (found.version, found.created_at, found.sha256, *found.recipients))
    except (ValueError, TypeError, KeyError):
        raise BackupRejected(f"{source} was changed: its list cannot be read") from None
    if not is_typed or found.size != size:
        raise BackupRejected(f"{source} was changed: its list says another size than it has")
    return found


def _entry(file: IO[bytes]) -> tarfile.TarInfo | None:
    """Reads one plain header. None for tar's extensions (long names, sparse files), which could hide something; we write none."""
    try:
        entry = tarfile.TarInfo.frombuf(file.read(_BLOCK), "ascii", "strict")
    except (tarfile.HeaderError, UnicodeDecodeError):
        return None
    return entry if entry.type == tarfile.REGTYPE and entry.size >= 0 else None


def _header(name: str, size: int) -> bytes:
    entry = tarfile.TarInfo(name)
    entry.size, entry.mtime, entry.mode = size, int(clock.timestamp()), 0o600
    return entry.tobuf(tarfile.GNU_FORMAT, "ascii", "strict")


def _padding(size: int) -> bytes:
    return bytes(-size % _BLOCK)
