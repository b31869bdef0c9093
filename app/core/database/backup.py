"""A backup is one file: the database as SQLite whatever it was, and the stored documents. The secrets are not in it."""

import tarfile
import tempfile
from collections.abc import Callable
from pathlib import Path
from urllib.parse import urlparse
from urllib.request import url2pathname

import flask_migrate
from flask import current_app
from sqlalchemy import Engine

from app.core.audit.seal import head_path
from app.core.database.copying import copy_database, open_engine
from app.core.db import db, schema_changes
from app.core.settings import settings

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
            if (documents := documents_folder()) is not None and documents.is_dir():
                archive.add(documents, DOCUMENTS_NAME)
        draft.chmod(0o600)
        draft.rename(target)
    return rows


def restore_backup(source: Path, progress: Callable[[int], object] = lambda n: None) -> int:
    """Fills this installation's empty, migrated database and documents folder from a backup. Raises copying.NotEmpty."""
    with tempfile.TemporaryDirectory() as folder:
        with tarfile.open(source, "r:gz") as archive:
            archive.extractall(folder, filter="data")
        engine = open_engine(f"sqlite:///{Path(folder) / DATABASE_NAME}")
        rows = copy_database(engine, db.engine, progress)
        engine.dispose()
        if (Path(folder) / HEAD_NAME).exists():
            head_path().write_bytes((Path(folder) / HEAD_NAME).read_bytes())
        documents = documents_folder()
        if documents is not None:
            for stored in sorted((Path(folder) / DOCUMENTS_NAME).rglob("*")):
                if stored.is_file():
                    place = documents / stored.relative_to(Path(folder) / DOCUMENTS_NAME)
                    place.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
                    place.write_bytes(stored.read_bytes())
    return rows


def documents_folder() -> Path | None:
    """None when the documents are kept in a store of their own, which has its own backup."""
    url = urlparse(settings.documents_url)
    return Path(url2pathname(url.path)) if url.scheme == "file" else None


def _migrate(engine: Engine) -> None:
    """Runs the migrations on an engine that is not the app's."""
    current_app.extensions["migrate_engine"] = engine
    try:
        flask_migrate.upgrade()
    finally:
        del current_app.extensions["migrate_engine"]
