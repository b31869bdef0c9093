"""A backup is one file: the database as SQLite, whatever it was, and the documents, from whichever store. No secrets. It is
encrypted to the public keys of BACKUP_RECIPIENTS if there are any.

Made while the server runs. The documents are read before the database, and new ones once more on the database's snapshot. So every
file that its rows name is in the backup: a file is deleted only after the row that named it. A document that is missing or cannot
be opened is reported, and the rest is kept all the same: a backup without one paper is better than none.
"""

import hashlib
import io
import json
import os
import tarfile
from collections.abc import Callable
from contextlib import ExitStack, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import flask_migrate
from flask import Flask, current_app
from sqlalchemy import Connection, Engine, select

from app.core import blobs, clock, installation
from app.core.audit.models import AuditSeal
from app.core.audit.seal import head_path
from app.core.crypto import MissingSecret
from app.core.database import named_files
from app.core.database.archive import DATABASE_NAME, DOCUMENTS_NAME, HEAD_NAME, MANIFEST_NAME, digest_of
from app.core.database.copying import copy_rows, count_tables, open_engine, revision_of, snapshot
from app.core.database.encrypting import encrypted, read_recipients
from app.core.database.manifest import Manifest
from app.core.database.workroom import workroom
from app.core.db import db, schema_changes
from app.core.flask_types import itself
from app.core.keys.fitting import misfits
from app.core.settings import settings
from app.version import VERSION

ROOM = ".pingzheng-backup"  # beside the file that is being made
INNER_ROOM = "backup-made"  # in the instance folder
_COMPRESSION = 6  # zlib's default
Steps = Callable[[str, int, int], object]  # what is counted, how many more, of how many


class NoBureau(RuntimeError):
    """The database holds no bureau, so there is nothing to back up."""


@dataclass(slots=True)
class Made:
    """missing, spoilt: documents that rows name and that are not in the store, or cannot be opened. notes: what else is wrong.

    recipients: the public keys the backup is encrypted to.
    """

    rows: int = 0
    documents: int = 0
    missing: list[str] = field(default_factory=list)
    spoilt: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    recipients: list[str] = field(default_factory=list)

    @property
    def is_whole(self) -> bool:
        return not (self.missing or self.spoilt or self.notes)


def create_backup(target: Path, progress: Steps = lambda *_: None) -> Made:
    """Writes the file, mode 0600, in one step. Never overwrites a file: raises FileExistsError.

    Raises workroom.Busy, NoBureau, encrypting.BadRecipient, crypto.MissingSecret, blobs.StoreUnavailable, and OSError or DBAPIError
    where the disk is full; then nothing is left.
    """
    if os.path.lexists(target):
        raise FileExistsError(target)
    recipients = read_recipients(settings.backup_recipients)
    if recipients and not settings.data_key:
        raise MissingSecret("DATA_KEY is missing, and an encrypted backup is signed with it: put secrets.env back")
    with ExitStack() as stack:
        room = stack.enter_context(workroom(target.parent / ROOM))
        # The copy of the database is not encrypted: for an encrypted backup it must never be where backups are kept.
        inner = stack.enter_context(workroom(settings.instance_path / INNER_ROOM)) if recipients else room
        backup = _Backup(itself(current_app), room, inner, progress)
        made = backup.write(recipients)
        _put_in_place(room / "backup", target)
    return made


def last_seal(connection: Connection) -> dict[str, Any] | None:
    """The head of the chain in this database, in the form of the published head."""
    row = connection.execute(select(AuditSeal.number, AuditSeal.seal_mac).order_by(AuditSeal.number.desc()).limit(1)).first()
    return {"number": row.number, "mac": row.seal_mac.hex()} if row else None


def migrate_copy(engine: Engine) -> None:
    """Runs the migrations on an engine that is not the app's."""
    current_app.extensions["migrate_engine"] = engine
    try:
        flask_migrate.upgrade()
    finally:
        del current_app.extensions["migrate_engine"]


class _Backup:
    """One backup while it is made. _room: for the file. _inner: for what goes into it. _digests: of the documents, by name."""

    def __init__(self, app: Flask, room: Path, inner: Path, progress: Steps) -> None:
        self._app, self._room, self._inner, self._progress = app, room, inner, progress
        self._made = Made()
        self._digests: dict[str, str] = {}
        self._opens_documents = True

    def write(self, recipients: list[str]) -> Made:
        self._made.recipients = recipients
        published = json.loads(head_path().read_text()) if head_path().exists() else None
        self._look_at_secrets()
        with open(self._room / "backup", "xb") as file:
            os.fchmod(file.fileno(), 0o600)
            with encrypted(file, recipients) as out, tarfile.open(fileobj=out, mode="w:gz", compresslevel=_COMPRESSION) as archive:
                self._add_documents(archive)
                with snapshot(db.engine) as reading:
                    self._add_documents(archive)  # those that were added meanwhile
                    manifest = self._copy(reading, self._inner / DATABASE_NAME)
                self._finish(archive, manifest, published)
            file.flush()
            os.fsync(file.fileno())
        return self._made

    def _look_at_secrets(self) -> None:
        try:
            with db.engine.connect() as connection:
                found = misfits(connection)
        except MissingSecret as error:
            found = [f"{error}"]
        if found:
            self._opens_documents = False
            self._made.notes += [*found, "Whether the documents open was therefore not looked at."]

    def _add_documents(self, archive: tarfile.TarFile) -> None:
        new = [(name, written) for name, written in blobs.list_names() if name not in self._digests]
        for name, written in new:
            self._add_document(archive, name, written.timestamp())
            self._progress("documents", 1, len(new))

    def _add_document(self, archive: tarfile.TarFile, name: str, written: float) -> None:
        """Leaves out a document deleted since it was listed: it has expired, or the check at the end finds a row that names it."""
        try:
            data = blobs.get(name)
        except blobs.NoSuchBlob:
            return
        if self._opens_documents and not named_files.opens(self._app, name, data):
            self._made.spoilt.append(name)
        entry = tarfile.TarInfo(f"{DOCUMENTS_NAME}/{name}")
        entry.size, entry.mtime, entry.mode = len(data), int(written), 0o600
        archive.addfile(entry, io.BytesIO(data))
        self._digests[name] = hashlib.sha256(data).hexdigest()
        self._made.documents += 1

    def _copy(self, reading: Connection, file: Path) -> Manifest:
        if reading.scalar(select(installation.Installation.kind)) is None:
            raise NoBureau("this database holds no bureau yet: there is nothing to back up")
        total = sum(count_tables(reading).values())
        engine = open_engine(f"sqlite:///{file}")
        try:
            migrate_copy(engine)
            with schema_changes(), engine.begin() as writing:
                self._made.rows = copy_rows(reading, writing, lambda n: self._progress("rows", n, total))
            with engine.connect() as connection:
                self._look_for_missing(connection)
                manifest = self._describe(connection)
            with schema_changes(), engine.connect() as connection:
                connection.exec_driver_sql("COMMIT")
                connection.exec_driver_sql("PRAGMA journal_mode=DELETE")  # one file without a journal beside it
        finally:
            engine.dispose()
        manifest.database = digest_of(file)
        with suppress(MissingSecret):
            manifest.sign()
        return manifest

    def _finish(self, archive: tarfile.TarFile, manifest: Manifest, published: dict[str, Any] | None) -> None:
        archive.add(self._inner / DATABASE_NAME, DATABASE_NAME, filter=_anonymous)
        head = self._head(manifest.head, published)
        if head is not None:
            _add_bytes(archive, HEAD_NAME, json.dumps(head).encode())
        _add_bytes(archive, MANIFEST_NAME, manifest.to_bytes())

    def _describe(self, connection: Connection) -> Manifest:
        return Manifest(
            version=VERSION,
            revision=revision_of(connection) or "",
            created_at=clock.now().isoformat(timespec="seconds"),
            kind=connection.scalar(select(installation.Installation.kind)) or "",
            bureau=connection.scalar(select(installation.BureauProfile.name)) or "",
            tables=count_tables(connection),
            database="",
            documents=self._digests,
            head=last_seal(connection),
            missing=self._made.missing,
            spoilt=self._made.spoilt,
        )

    def _look_for_missing(self, connection: Connection) -> None:
        """Reports files that copied rows name and the backup lacks, unless no live row names them any more: those have expired."""
        lacking = [name for name in named_files.iterate_names(self._app, connection) if name not in self._digests]
        if lacking:
            with db.engine.connect() as live:
                self._made.missing += [name for name in lacking if named_files.is_named(self._app, live, name)]

    def _head(self, own: dict[str, Any] | None, published: dict[str, Any] | None) -> dict[str, Any] | None:
        """The head to put into the backup: usually the snapshot's own, so that the restored log verifies. If the published head is
        further on, that one: the end of the chain was cut before this backup, and this must not be hidden."""
        if published is None or (own is not None and own["number"] > published["number"]) or own == published:
            return own
        number = published["number"]
        self._made.notes.append(f"The audit log does not reach its published head, seal {number}: run `flask audit verify`.")
        return published


def _anonymous(entry: tarfile.TarInfo) -> tarfile.TarInfo:
    """Leaves out which user made the file."""
    entry.uid = entry.gid = 0
    entry.uname = entry.gname = ""
    entry.mode = 0o600
    return entry


def _add_bytes(archive: tarfile.TarFile, name: str, data: bytes) -> None:
    entry = tarfile.TarInfo(name)
    entry.size, entry.mtime, entry.mode = len(data), int(clock.timestamp()), 0o600
    archive.addfile(entry, io.BytesIO(data))


def _put_in_place(draft: Path, target: Path) -> None:
    """Moves the file to its place without overwriting one, even if another process has just written it."""
    try:
        os.link(draft, target)
    except FileExistsError:
        raise
    except OSError:  # a file system without links
        if os.path.lexists(target):
            raise FileExistsError(target) from None
        draft.rename(target)
    folder = os.open(target.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
