"""A backup is one file: the database as SQLite whatever it was, and the documents, from whichever store. No secrets."""

import io
import shutil
import tarfile
import tempfile
from collections.abc import Callable
from pathlib import Path

import flask_migrate
from flask import current_app
from sqlalchemy import Engine

from app.core import blobs
from app.core.audit.seal import head_path
from app.core.database.copying import copy_database, open_engine
from app.core.db import db, schema_changes
from app.core.private_files import private

DATABASE_NAME = "database.sqlite3"
DOCUMENTS_NAME = "documents"
HEAD_NAME = "audit-head.json"


def create_backup(target: Path, progress: Callable[[int], object] = lambda n: None) -> int:
    """Writes the backup and returns the number of rows in it. Raises FileExistsError rather than overwrite."""
    if target.exists():
        raise FileExistsError(target)
    with tempfile.TemporaryDirectory(dir=target.parent) as folder:
        file = Path(folder) / DATABASE_NAME
        engine = open_engine(f"sqlite:///{file}")
        _migrate(engine)
        rows = copy_database(db.engine, engine, progress)
        with schema_changes(), engine.connect() as connection:
            connection.exec_driver_sql("COMMIT")
            connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
        engine.dispose()
        draft = Path(folder) / "backup"
        with tarfile.open(draft, "w:gz") as archive:
            archive.add(file, DATABASE_NAME)
            if head_path().exists():
                archive.add(head_path(), HEAD_NAME)
            for name, written in blobs.list_names():
                _add_document(archive, name, written.timestamp())
        draft.chmod(0o600)
        draft.rename(target)
    return rows


def restore_backup(source: Path, progress: Callable[[int], object] = lambda n: None) -> int:
    """Fills this installation's empty, migrated database and documents folder from a backup. Raises copying.NotEmpty."""
    with tempfile.TemporaryDirectory() as folder:
        with tarfile.open(source, "r:gz") as archive:
            _unpack(archive, Path(folder).resolve())
        engine = open_engine(f"sqlite:///{Path(folder) / DATABASE_NAME}")
        rows = copy_database(engine, db.engine, progress)
        engine.dispose()
        if (Path(folder) / HEAD_NAME).exists():
            with open(head_path(), "wb", opener=private) as head:
                head.write((Path(folder) / HEAD_NAME).read_bytes())
        documents = Path(folder) / DOCUMENTS_NAME
        for stored in sorted(path for path in documents.rglob("*") if path.is_file()):
            blobs.put(stored.relative_to(documents).as_posix(), stored.read_bytes())
    return rows


def _unpack(archive: tarfile.TarFile, folder: Path) -> None:
    """Plain files below the folder and nothing else. Python 3.11.2, Debian 12's own, has no filters for this yet."""
    for member in archive:
        target = (folder / member.name).resolve()
        if not member.isfile() or not target.is_relative_to(folder) or (content := archive.extractfile(member)) is None:
            continue
        target.parent.mkdir(parents=True, exist_ok=True)
        with content, open(target, "wb") as file:
            shutil.copyfileobj(content, file)


def _add_document(archive: tarfile.TarFile, name: str, written: float) -> None:
    """One that was deleted since it was listed is left out: its time was over."""
    try:
        data = blobs.get(name)
    except blobs.NoSuchBlob:
        return
    entry = tarfile.TarInfo(f"{DOCUMENTS_NAME}/{name}")
    entry.size, entry.mtime, entry.mode = len(data), int(written), 0o600
    archive.addfile(entry, io.BytesIO(data))


def _migrate(engine: Engine) -> None:
    """Runs the migrations on an engine that is not the app's."""
    current_app.extensions["migrate_engine"] = engine
    try:
        flask_migrate.upgrade()
    finally:
        del current_app.extensions["migrate_engine"]
