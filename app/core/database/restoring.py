"""Filling an empty installation from a backup, so that the same command finishes a restore that was interrupted anywhere.

In this order: a mark that nothing may be served; the file is read to its end and judged; the documents are stored one by one; one
transaction fills the database and ends what must end; last the head of the audit log is written and the mark removed. If the
process is killed before that transaction commits, the database is still empty, and the next attempt starts again but skips
documents that are there. If it is killed afterwards, only the last step is left, which is known from the backup's digest in
`installation`.
"""

import hashlib
import json
import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import flask_migrate
from flask import current_app
from sqlalchemy import Engine, inspect, select, update

from app.core import audit, blobs, clock, installation, store_mark
from app.core.audit.models import AuditRow
from app.core.audit.seal import head_path
from app.core.audit_tags import InstallationTag
from app.core.database import after_restore
from app.core.database.archive import Contents, digest_of, iterate_documents, read_archive
from app.core.database.backup import Steps, last_seal
from app.core.database.backup_rejected import BackupRejected
from app.core.database.checking import Checked, describe, open_checked
from app.core.database.copying import copy_rows, count_rows, require_empty, snapshot
from app.core.database.encrypting import Identity
from app.core.database.source import Source, look_at
from app.core.database.standing_still import standing_still
from app.core.database.workroom import workroom
from app.core.db import bare_transaction, begin_writing, db, session_on
from app.core.installation import Installation
from app.core.keys.fitting import misfits
from app.core.locks import exclusive
from app.core.logs import log
from app.core.private_files import replace_private
from app.core.settings import settings

ROOM = "backup-restore"


class SecretsUnfit(RuntimeError):
    """The secrets of this installation are not those of the backup; the message names them."""


@dataclass(slots=True)
class Restored:
    """What an operator is told. made_at: when the backup was made, ISO 8601, or empty. ended, open: see `after_restore.Ends`.

    foreign: documents in the store that the backup does not know. was_begun: an earlier attempt had filled the database already.
    """

    rows: int
    documents: int
    made_at: str
    version: str
    epoch: int
    last_audit_id: int
    head: dict[str, Any] | None
    ended: dict[str, int] = field(default_factory=dict)
    open: dict[str, int] = field(default_factory=dict)
    unproved: list[str] = field(default_factory=list)
    missing: list[str] = field(default_factory=list)
    foreign: int = 0
    cut: int = 0
    was_begun: bool = False


def restore_backup(path: Path, progress: Steps = lambda *_: None, identities: Sequence[Identity] = ()) -> Restored:
    """Fills this installation's empty database and its store of documents; migrates the database first if it has no tables.

    Raises BackupRejected, SecretsUnfit, copying.NotEmpty, standing_still.StillServing, workroom.Busy, blobs.StoreUnavailable, and
    OSError or DBAPIError where a disk is full. After any of these the same command may be run again.
    """
    source = look_at(path, identities)
    with exclusive("restore") as is_alone, workroom(settings.instance_path / ROOM) as room, standing_still():
        if not is_alone:
            raise BackupRejected("another restore of this installation is under way: wait for it")
        _migrate_untouched()
        digest = digest_of(source.path)
        if _is_filled_from(digest):
            _require_own_secrets()
            return _finish(digest)
        _require_empty()
        with _mark(source, digest) as mark:
            contents = read_archive(source, room, lambda n: progress("bytes read", n, source.size))
            engine = open_checked(source, contents)
            try:
                checked = _judge(source, contents, engine)
                mark.hold()
                foreign = _put_documents(source, contents, progress)
                os.sync()  # no row may survive a power failure without its document
                _fill(engine, checked, contents, foreign, progress)
            finally:
                engine.dispose()
        return _finish(digest, checked)


def _migrate_untouched() -> None:
    if not inspect(db.engine).has_table("alembic_version"):
        flask_migrate.upgrade()


def _is_filled_from(digest: str) -> bool:
    with db.engine.connect() as connection:
        return connection.scalar(select(Installation.restored_from)) == digest


def _require_own_secrets() -> None:
    """The remaining step seals the audit log, so the secrets must still be those the database was filled with."""
    with db.engine.connect() as connection:
        if wrong := misfits(connection):
            raise SecretsUnfit(wrong[0])


def _require_empty() -> None:
    with db.engine.connect() as connection:
        require_empty(connection)


class _Mark:
    """Says in the instance folder that a restore is under way; nothing is served meanwhile."""

    def __init__(self) -> None:
        self.is_held = False

    def hold(self) -> None:
        """From here on data is changed, and only a finished restore removes the mark."""
        self.is_held = True


@contextmanager
def _mark(source: Source, digest: str) -> Iterator[_Mark]:
    path, mark = installation.restoring_path(), _Mark()
    mark.is_held = path.exists()  # an earlier attempt may have changed something
    replace_private(path, json.dumps({"file": str(source), "sha256": digest, "begun_at": clock.now().isoformat()}))
    try:
        yield mark
    except BaseException:
        if not mark.is_held:
            path.unlink()
        raise


def _judge(source: Source, contents: Contents, engine: Engine) -> Checked:
    checked = describe(source, contents, engine)
    if checked.unfit_secrets is None:
        raise SecretsUnfit("secrets are missing: put the secrets.env of the bureau the backup was made of into the instance folder")
    if checked.unfit_secrets:
        raise SecretsUnfit(f"{source} was made with other secrets; nothing was restored. {checked.unfit_secrets[0]}".rstrip("."))
    if checked.kind != settings.app_mode.value:
        raise BackupRejected(
            f"{source} is of a {checked.kind} bureau, and this installation is set to {settings.app_mode.value} (APP_MODE); "
            "nothing was restored"
        )
    return checked


def _put_documents(source: Source, contents: Contents, progress: Steps) -> int:
    """Skips documents that are stored already with the right content. Returns how many other files are in the store."""
    store_mark.require_ours()
    there = {name for name, _written in blobs.list_names()}
    for name, data in iterate_documents(source):
        digest = hashlib.sha256(data).hexdigest()
        if digest != contents.documents.get(name):
            raise BackupRejected(f"{source} was changed while it was read: document {name} is another now")
        if name not in there or not _is_kept(name, digest):
            blobs.put(name, data)
        progress("documents", 1, len(contents.documents))
    return len(there - contents.documents.keys())


def _is_kept(name: str, digest: str) -> bool:
    try:
        return hashlib.sha256(blobs.get(name)).hexdigest() == digest
    except blobs.NoSuchBlob:
        return False


def _fill(engine: Engine, checked: Checked, contents: Contents, foreign: int, progress: Steps) -> None:
    """Copies all rows and ends what must end, all or nothing."""
    total = count_rows(engine)
    with snapshot(engine) as reading, bare_transaction() as writing:
        begin_writing(writing)
        rows = copy_rows(reading, writing, lambda n: progress("rows", n, total))
        head = last_seal(writing)
        last_id = writing.scalar(select(AuditRow.id).order_by(AuditRow.id.desc()).limit(1)) or 0
        with session_on(writing):
            ends = after_restore.end_all()
            now = clock.now()
            db.session.execute(
                update(Installation).values(epoch=Installation.epoch + 1, restored_at=now, restored_from=contents.digest)
            )
            epoch = db.session.scalar(select(Installation.epoch)) or 0
            facts: dict[str, Any] = {
                "backup": contents.digest,
                "cut": checked.cut,
                "documents": len(contents.documents),
                "ended": ends.ended,
                "epoch": epoch,
                "foreign": foreign,
                "head": head,
                "last_audit_id": last_id,
                "made_at": checked.created_at,
                "missing": len(checked.missing),
                "open": ends.open,
                "published": contents.head,
                "rows": rows,
                "unproved": len(checked.unproved),
                "version": checked.version,
            }
            audit.record(InstallationTag.restored, actor="system", subject="installation:1", **facts)


def _finish(digest: str, checked: Checked | None = None) -> Restored:
    """Seals what the restore wrote, so that the head of the log is kept outside the database, and removes the mark last. May run
    twice."""
    current_app.extensions.pop("epoch", None)
    db.session.rollback()
    wanted = select(AuditRow).where(AuditRow.tag == InstallationTag.restored.value).order_by(AuditRow.id.desc()).limit(1)
    row = db.session.scalars(wanted).one()
    facts: dict[str, Any] = json.loads(row.detail)
    audit.seal_pending(everything=True)
    with db.engine.connect() as connection:
        head = last_seal(connection)
    replace_private(head_path(), json.dumps(head))
    log.warning("installation_restored", audit=row.id, backup=digest, made_at=facts["made_at"], epoch=facts["epoch"])
    installation.restoring_path().unlink(missing_ok=True)
    names = ("rows", "documents", "made_at", "version", "epoch", "last_audit_id", "ended", "open", "foreign", "cut")
    return Restored(
        **{name: facts[name] for name in names},
        head=head,
        unproved=checked.unproved if checked else [],
        missing=checked.missing + checked.spoilt if checked else [],
        was_begun=checked is None,
    )
