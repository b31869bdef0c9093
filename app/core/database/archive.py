"""Reading a backup file, which somebody may have cut off, changed or forged: every member is checked, and only the database is
unpacked to a file here.

Only plain files with the names of a backup are accepted, so `tarfile`'s own filters (Python 3.11.4) are not needed.
"""

import gzip
import hashlib
import json
import re
import tarfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any

from app.core.database.backup_rejected import BackupRejected
from app.core.database.manifest import Manifest, read_manifest
from app.core.database.source import Source
from app.core.private_files import private

DATABASE_NAME = "database.sqlite3"
HEAD_NAME = "audit-head.json"
MANIFEST_NAME = "manifest.json"
DOCUMENTS_NAME = "documents"
CHUNK = 1 << 20
_MOST_SAID = 1 << 30  # fixed: bytes of a manifest: five million documents
_MOST_HEAD = 1 << 12  # fixed: bytes; ours has about a hundred
_DOCUMENT = re.compile(rf"{DOCUMENTS_NAME}/(\w[\w.-]{{0,99}}(?:/\w[\w.-]{{0,99}}){{0,4}})", re.ASCII)
Progress = Callable[[int], object]


@dataclass(slots=True)
class Contents:
    """What was found. digest: SHA-256 of the whole file, hex. documents: the SHA-256 of each, by its name in the store."""

    digest: str = ""
    database: Path | None = None
    database_digest: str = ""
    head: dict[str, Any] | None = None
    manifest: Manifest | None = None
    documents: dict[str, str] = field(default_factory=dict)


def digest_of(source: Path) -> str:
    digest = hashlib.sha256()
    with source.open("rb") as file:
        while chunk := file.read(CHUNK):
            digest.update(chunk)
    return digest.hexdigest()


def read_archive(source: Source, folder: Path, progress: Progress = lambda n: None) -> Contents:
    """Reads the whole file and puts the database into `folder`. Calls `progress` with numbers of bytes.

    Raises BackupRejected, and OSError where the disk is full.
    """
    found = Contents(digest=digest_of(source.path))
    with _members(source, progress) as members:
        for name, stream in members:
            if name == DATABASE_NAME:
                found.database = folder / DATABASE_NAME
                found.database_digest = _copy(stream, found.database)
            elif name == MANIFEST_NAME:
                found.manifest = _manifest(stream.read(_MOST_SAID), source)
            elif name == HEAD_NAME:
                found.head = _head(stream.read(_MOST_HEAD), source)
            else:
                found.documents[name.removeprefix(f"{DOCUMENTS_NAME}/")] = _digest(stream)
    if found.database is None:
        raise BackupRejected(f"{source} is not a backup: there is no database in it")
    return found


def iterate_documents(source: Source, progress: Progress = lambda n: None) -> Iterator[tuple[str, bytes]]:
    """(name in the store, content), one in memory at a time. Raises BackupRejected."""
    with _members(source, progress) as members:
        for name, stream in members:
            if name.startswith(f"{DOCUMENTS_NAME}/"):
                yield name.removeprefix(f"{DOCUMENTS_NAME}/"), stream.read()


@contextmanager
def _members(source: Source, progress: Progress) -> Iterator[Iterator[tuple[str, IO[bytes]]]]:
    """(name, content) of each member. Any fault of the file becomes BackupRejected, wherever in the reading it shows."""
    try:
        with source.open() as (raw, tell), gzip.GzipFile(fileobj=raw) as unpacked:
            with tarfile.open(fileobj=unpacked, mode="r:") as archive:
                yield _checked(archive, tell, source, progress)
            while rest := unpacked.read(CHUNK):  # to the end, where the checksum is
                if rest.strip(b"\0"):
                    raise BackupRejected(f"{source} was changed: something is written behind its end")
    except EOFError:
        raise BackupRejected(f"{source} is cut off: copy it again from where it came") from None
    except (tarfile.TarError, zlib.error) as error:
        raise BackupRejected(f"{source} is cut off or was changed ({error}): copy it again from where it came") from None
    except gzip.BadGzipFile as error:
        is_other = "Not a gzipped file" in str(error)
        raise BackupRejected(
            f"{source} is not a backup" if is_other else f"{source} was changed: its checksum does not fit"
        ) from None


def _checked(
    archive: tarfile.TarFile, tell: Callable[[], int], source: Source, progress: Progress
) -> Iterator[tuple[str, IO[bytes]]]:
    seen: set[str] = set()
    at = 0
    for member in archive:
        if not member.isreg() or member.issparse():
            raise BackupRejected(f"{source} is not safe: {member.name!r} in it is a link, a device or a folder, not a plain file")
        if member.name not in (DATABASE_NAME, HEAD_NAME, MANIFEST_NAME) and not _DOCUMENT.fullmatch(member.name):
            raise BackupRejected(f"{source} is not safe: {member.name!r} is no name a backup has")
        if member.name in seen:
            raise BackupRejected(f"{source} is not safe: {member.name!r} is in it twice")
        if MANIFEST_NAME in seen:
            raise BackupRejected(f"{source} was changed: {member.name!r} comes behind the manifest")
        seen.add(member.name)
        stream = archive.extractfile(member)
        if stream is None:
            raise BackupRejected(f"{source} is not safe: {member.name!r} holds nothing to read")
        yield member.name, stream
        progress(tell() - at)
        at = tell()
    progress(source.size - at)


def _copy(stream: IO[bytes], target: Path) -> str:
    digest = hashlib.sha256()
    with open(target, "wb", opener=private) as file:
        while chunk := stream.read(CHUNK):
            digest.update(chunk)
            file.write(chunk)
    return digest.hexdigest()


def _digest(stream: IO[bytes]) -> str:
    digest = hashlib.sha256()
    while chunk := stream.read(CHUNK):
        digest.update(chunk)
    return digest.hexdigest()


def _manifest(data: bytes, source: Source) -> Manifest:
    try:
        return read_manifest(data)
    except ValueError:
        raise BackupRejected(f"{source} was changed: its manifest cannot be read") from None


def _head(data: bytes, source: Source) -> dict[str, Any]:
    try:
        head = json.loads(data)
        return {"number": int(head["number"]), "mac": str(bytes.fromhex(head["mac"]).hex())}
    except (ValueError, TypeError, KeyError):
        raise BackupRejected(f"{source} was changed: the head of its audit log cannot be read") from None
