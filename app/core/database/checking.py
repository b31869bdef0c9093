"""Whether a backup is what it claims: complete, unchanged, of a version this program can read, with a sound database.

Needs no secrets and touches no bureau's data; if the secrets of this installation fit the backup's database, it says so.
"""

import sqlite3
from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from alembic.script import ScriptDirectory
from flask import current_app
from sqlalchemy import Connection, Engine, select

from app.core import installation
from app.core.crypto import MissingSecret
from app.core.database.archive import Contents, Progress, read_archive
from app.core.database.backup import last_seal, migrate_copy
from app.core.database.backup_rejected import BackupRejected
from app.core.database.copying import open_engine
from app.core.database.encrypting import Identity
from app.core.database.manifest import FORMAT
from app.core.database.source import Source, look_at
from app.core.database.workroom import workroom
from app.core.db import schema_changes
from app.core.keys.fitting import SecretsDoNotFit, adopt, misfits
from app.core.settings import settings
from app.version import VERSION

ROOM = "backup-check"


@dataclass(slots=True)
class Checked:
    """What a backup is. unfit_secrets: sentences about this installation's secrets that are not the backup's; None: not known.

    unproved: sentences about secrets that nothing stored could prove. cut: the number of the published head, if the backup's chain
    does not reach it.
    """

    version: str
    created_at: str
    kind: str
    rows: int
    documents: int
    missing: list[str] = field(default_factory=list)
    spoilt: list[str] = field(default_factory=list)
    unfit_secrets: list[str] | None = None
    unproved: list[str] = field(default_factory=list)
    is_signed: bool = False
    cut: int = 0


def check_backup(path: Path, progress: Progress = lambda n: None, identities: Sequence[Identity] = ()) -> Checked:
    """Reads everything; an encrypted backup needs an identity that opens it. Calls `progress` with numbers of bytes.

    Raises BackupRejected, workroom.Busy.
    """
    source = look_at(path, identities)
    with workroom(settings.instance_path / ROOM) as room:
        contents = read_archive(source, room, progress)
        engine = open_checked(source, contents)
        try:
            return describe(source, contents, engine)
        finally:
            engine.dispose()


def open_checked(source: Source, contents: Contents) -> Engine:
    """The backup's database, compared with the manifest and then migrated to this program's schema. Raises BackupRejected."""
    assert contents.database is not None
    revision = _read(source, contents)
    known = {found.revision for found in ScriptDirectory(current_app.extensions["migrate"].directory).walk_revisions()}
    if revision not in known:
        version = contents.manifest.version if contents.manifest else "a newer version"
        raise BackupRejected(
            f"{source} was made by {version} (migration {revision}), which is newer than this program ({VERSION}): "
            "install that version, then try again"
        )
    engine = open_engine(f"sqlite:///{contents.database}")
    try:
        migrate_copy(engine)
    except Exception as error:
        engine.dispose()
        raise BackupRejected(f"{source} cannot be brought to this version ({type(error).__name__}); nothing was changed") from None
    return engine


def describe(source: Source, contents: Contents, engine: Engine) -> Checked:
    """What a readable backup is, and whether the secrets of this installation are those of the backup.

    Raises BackupRejected when somebody without these secrets has changed its manifest.
    """
    with schema_changes(), engine.begin() as connection:
        kind = connection.scalar(select(installation.Installation.kind))
        if kind is None:
            raise BackupRejected(f"{source} holds no bureau: it was made of an empty database")
        head, manifest = last_seal(connection), contents.manifest
        if manifest and manifest.head != head:
            raise BackupRejected(f"{source} was changed: its manifest says another last seal than its database")
        found = Checked(
            version=manifest.version if manifest else "0.1.0",
            created_at=manifest.created_at if manifest else "",
            kind=kind,
            rows=manifest.rows if manifest else 0,
            documents=len(contents.documents),
            missing=manifest.missing if manifest else [],
            spoilt=manifest.spoilt if manifest else [],
            cut=_cut(contents.head, head) if manifest else 0,
        )
        _try_secrets(connection, contents, found)
    if source.envelope and manifest and not manifest.mac:  # anybody who knows the public key could have encrypted it
        raise BackupRejected(
            f"{source} is signed by nobody: a backup that is encrypted carries the signature of its bureau's DATA_KEY"
        )
    if manifest and manifest.mac and not found.unfit_secrets and settings.data_key:
        found.is_signed = manifest.is_genuine()
        if not found.is_signed:
            raise BackupRejected(
                f"{source} was changed after it was made, or DATA_KEY is another bureau's: its manifest does not fit it"
            )
    return found


def _try_secrets(connection: Connection, contents: Contents, found: Checked) -> None:
    """Gives the unpacked copy check values if the backup's release had none: what is stored must not refuse the secrets."""
    if not all((settings.secret_key, settings.data_key, settings.audit_key, settings.code_masters)):
        return
    try:
        found.unfit_secrets = misfits(connection)
        if not found.unfit_secrets:
            found.unproved = adopt(connection)
    except SecretsDoNotFit as error:
        found.unfit_secrets = [str(error)]
    except MissingSecret:
        found.unfit_secrets = None


def _read(source: Source, contents: Contents) -> str:
    """The migration of the database, after checking that it is sound and as its manifest says. Raises BackupRejected."""
    manifest = contents.manifest
    assert contents.database is not None
    if manifest is not None and manifest.format > FORMAT:
        raise BackupRejected(
            f"{source} was made by {manifest.version}, which is newer than this program ({VERSION}): install that version"
        )
    try:
        with closing(sqlite3.connect(contents.database)) as connection:
            if connection.execute("PRAGMA quick_check(1)").fetchone() != ("ok",):
                raise BackupRejected(f"{source} is damaged: its database is not sound")
            revision = str(connection.execute("SELECT version_num FROM alembic_version").fetchone()[0])
            counts = _count(connection, list(manifest.tables)) if manifest else {}
    except (sqlite3.Error, TypeError):
        raise BackupRejected(f"{source} is damaged: its database cannot be read") from None
    if manifest is None:
        if revision != "0001":  # every later release writes one
            raise BackupRejected(f"{source} was changed: its manifest is missing")
        return revision
    _compare(source, contents, revision, counts)
    return revision


def _compare(source: Source, contents: Contents, revision: str, counts: dict[str, int]) -> None:
    manifest = contents.manifest
    assert manifest is not None
    if manifest.database != contents.database_digest:
        raise BackupRejected(f"{source} was changed: its database is not the one of its manifest")
    if manifest.revision != revision:
        raise BackupRejected(f"{source} was changed: its manifest says migration {manifest.revision}, its database {revision}")
    for name, count in counts.items():
        if count != manifest.tables[name]:
            raise BackupRejected(
                f"{source} was changed: its manifest says {manifest.tables[name]} rows of {name}, its database {count}"
            )
    for name in sorted(manifest.documents.keys() | contents.documents.keys()):
        said, there = manifest.documents.get(name), contents.documents.get(name)
        if said != there:
            what = "is not in it" if there is None else "is not in its manifest" if said is None else "is not as its manifest says"
            raise BackupRejected(f"{source} was changed: document {name} {what}")


def _count(connection: sqlite3.Connection, names: list[str]) -> dict[str, int]:
    """The number of rows of each table; -1 for a table that is not there."""
    there = {name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
    return {n: connection.execute(f'SELECT count(*) FROM "{n}"').fetchone()[0] if n in there else -1 for n in names}  # noqa: S608


def _cut(head: dict[str, Any] | None, own: dict[str, Any] | None) -> int:
    """The number of the seal that the log should reach and does not; 0 if it does."""
    if head is None or head == own or (own is not None and head["number"] < own["number"]):
        return 0
    return int(head["number"])
