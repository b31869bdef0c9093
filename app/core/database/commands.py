from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import click
from flask.cli import AppGroup
from sqlalchemy.exc import DBAPIError

from app.core import blobs
from app.core.crypto import MissingSecret
from app.core.database import operator_messages
from app.core.database.backup import NoBureau, create_backup
from app.core.database.backup_rejected import BackupRejected
from app.core.database.checking import check_backup
from app.core.database.copying import NotEmpty, NotMigrated, copy_database, count_rows, open_engine
from app.core.database.encrypting import BadIdentity, BadRecipient, Identity, new_identity, read_identities
from app.core.database.losses import find_losses
from app.core.database.restoring import SecretsUnfit, restore_backup
from app.core.database.schema_commands import SchemaGroup
from app.core.database.source import look_at
from app.core.database.standing_still import StillServing, refuse_served, standing_still
from app.core.database.workroom import Busy
from app.core.db import db
from app.core.private_files import private
from app.core.settings import settings

database = AppGroup("database", help="The database as a whole.")
backups = AppGroup("backup", help="Backups: the database and the documents in one file, without the secrets.")
commands = [database, backups, SchemaGroup()]
NOT_WHOLE = 3  # exit status: done, but something was wrong before, which somebody has to look at
_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
_logs = click.option("--log", "logs", type=_FILE, multiple=True, help="JSON lines from the log shipper; may be repeated.")
_head = click.option("--audit-head", "head", type=_FILE, help="A newer audit-head.json, from the lost machine or the log shipper.")
_identity = click.option("--identity", "identity", type=_FILE, help="The file of the identity that opens an encrypted backup.")
_passphrase = click.option(
    "--passphrase-file",
    "passphrase",
    type=_FILE,
    help="Holds its passphrase; else BACKUP_PASSPHRASE does, else it is asked for.",
)


class _Bars:
    """One progress bar after another, named by what is counted."""

    def __init__(self) -> None:
        self._label = ""
        self._bar: Any = None

    def __call__(self, label: str, count: int, total: int) -> None:
        if label != self._label:
            self.close()
            self._label, self._bar = label, click.progressbar(length=total, label=label)
            self._bar.__enter__()
        self._bar.update(count)

    def close(self) -> None:
        if self._bar is not None:
            self._bar.__exit__(None, None, None)
            self._bar = None


@contextmanager
def _bars() -> Iterator[_Bars]:
    bars = _Bars()
    try:
        yield bars
    finally:
        bars.close()


@database.command("copy")
@click.option("--to", "target_url", required=True, help="The database to fill: migrated and empty.")
def copy_all(target_url: str) -> None:
    """Copies everything into another database, for instance from SQLite to PostgreSQL.

    The server and `flask jobs run` must be stopped first: what they wrote meanwhile would be lost. Prepare the target with
    `DATABASE_URL=<the target> flask db upgrade`.
    """
    target = open_engine(target_url)
    try:
        with standing_still(), _bars() as bars:
            refuse_served(target)
            total = count_rows(db.engine)
            rows = copy_database(db.engine, target, lambda n: bars("rows", n, total))
    except NotEmpty as error:
        raise click.ClickException(f"the target is not empty (table {error}); nothing was copied") from None
    except (NotMigrated, StillServing) as error:
        raise click.ClickException(f"{error}; nothing was copied") from None
    finally:
        target.dispose()
    click.echo(f"{rows} rows copied; set DATABASE_URL to the new database and start again")


@backups.command("create")
@click.argument("target", type=click.Path(path_type=Path))
def create(target: Path) -> None:
    """Writes a backup file, mode 0600, beside the running server. Keep secrets.env somewhere else.

    Encrypted to BACKUP_RECIPIENTS; without, whoever has the file reads names, birth dates and regions of everybody.

    Exit 3: the file is written, but something was wrong before; it is named.
    """
    try:
        with _bars() as bars:
            made = create_backup(target.absolute(), bars)
    except FileExistsError:
        raise click.ClickException(f"{target} exists already and was left alone") from None
    except Busy:
        raise click.ClickException(f"another backup is being written into {target.absolute().parent}: wait for it") from None
    except BadRecipient as error:
        raise click.ClickException(f"BACKUP_RECIPIENTS: {error}; nothing was written") from None
    except (NoBureau, MissingSecret, blobs.StoreUnavailable) as error:
        raise click.ClickException(f"{error}; nothing was written") from None
    except (OSError, DBAPIError) as error:
        raise click.ClickException(
            f"{target} could not be written ({operator_messages.reason_of(error)}); nothing was left behind"
        ) from None
    click.echo(f"{made.rows} rows and {made.documents} documents in {target}")
    click.echo(operator_messages.about_encryption(made))
    for sentence in operator_messages.faults_of(made):
        click.echo(f"check  {sentence}", err=True)
    if not made.is_whole:
        raise click.exceptions.Exit(NOT_WHOLE)


@backups.command("verify")
@click.argument("source", type=_FILE)
@_identity
@_passphrase
def verify(source: Path, identity: Path | None, passphrase: Path | None) -> None:
    """Reads a backup to its end and says whether it is whole and unchanged. Needs no secrets and no empty database.

    Of an encrypted one without --identity it sees only that every byte is as it was written.
    """
    identities = _read_identities(identity, passphrase)
    try:
        envelope = None if identities else look_at(source.absolute()).envelope
        if envelope is not None:
            click.echo(operator_messages.about_envelope(source, envelope))
            return
        with _bars() as bars:
            found = check_backup(source.absolute(), lambda n: bars("bytes read", n, source.stat().st_size), identities)
    except BackupRejected as error:
        raise click.ClickException(str(error)) from None
    except Busy:
        raise click.ClickException("another backup is being verified by this installation: wait for it") from None
    except OSError as error:
        raise click.ClickException(f"there is no room to look into {source} ({operator_messages.reason_of(error)})") from None
    for sentence in operator_messages.about(source, found):
        click.echo(sentence)


@backups.command("restore")
@click.argument("source", type=_FILE)
@_identity
@_passphrase
@_logs
@_head
def restore(source: Path, identity: Path | None, passphrase: Path | None, logs: tuple[Path, ...], head: Path | None) -> None:
    """Fills this installation, whose database must be empty, from a backup file; broken off, the same command finishes it.

    Everybody is signed out, every phone gets a new code, and keys of institutions are kept off until they are confirmed. What was
    frozen, revoked, disabled or suspended after the backup must be so again: --log and --audit-head tell what that was.
    """
    identities = _read_identities(identity, passphrase)
    try:
        with _bars() as bars:
            restored = restore_backup(source.absolute(), bars, identities)
    except NotEmpty as error:
        raise click.ClickException(
            f"this database is not empty (table {error}); nothing was restored: point DATABASE_URL to an empty one"
        ) from None
    except Busy:
        raise click.ClickException("another restore of this installation is under way: wait for it") from None
    except (BackupRejected, SecretsUnfit, StillServing) as error:
        raise click.ClickException(str(error)) from None
    except blobs.StoreUnavailable as error:
        raise click.ClickException(f"{error}; make room or see DOCUMENTS_URL, then give the same command again") from None
    except (OSError, DBAPIError) as error:
        raise click.ClickException(
            f"the restore stopped ({operator_messages.reason_of(error)}); put that right, then give the same command again"
        ) from None
    for sentence in operator_messages.after_restore(source, restored):
        click.echo(sentence)
    _tell_losses(logs, head)
    if restored.missing or restored.cut or restored.unproved:
        raise click.exceptions.Exit(NOT_WHOLE)


@backups.command("new-key")
@click.argument("target", type=click.Path(path_type=Path))
@click.option("--passphrase/--no-passphrase", "closes", default=True, help="Close the file with a passphrase, which is asked for.")
def new_key(target: Path, closes: bool) -> None:
    """Makes an identity that opens backups, for the safe or for a nightly drill, and prints its public key for BACKUP_RECIPIENTS.

    Make the safe's one on another machine than the bureau's: who breaks in there must not find it.
    """
    phrase = ""
    if closes:
        phrase = settings.backup_passphrase or click.prompt("passphrase", hide_input=True, confirmation_prompt=True, err=True)
    public, said = new_identity(phrase)
    try:
        with open(target, "xb", opener=private) as file:
            file.write(said)
    except FileExistsError:
        raise click.ClickException(f"{target} exists already and was left alone") from None
    except OSError as error:
        raise click.ClickException(f"{target} could not be written ({operator_messages.reason_of(error)})") from None
    click.echo(public)


@backups.command("losses")
@_logs
@_head
def list_losses(logs: tuple[Path, ...], head: Path | None) -> None:
    """After a restore: what was frozen, revoked, disabled or suspended after the backup, and whom to ask where no log tells."""
    _tell_losses(logs, head)


def _read_identities(file: Path | None, passphrase: Path | None) -> list[Identity]:
    """An empty list without a file. The passphrase is never an argument: every process on the machine may read those."""

    def ask() -> str:
        if passphrase is not None:
            return passphrase.read_text().rstrip("\r\n")
        return settings.backup_passphrase or str(click.prompt(f"passphrase of {file}", hide_input=True, err=True))

    if file is None:
        return []
    try:
        return read_identities(file, ask)
    except BadIdentity as error:
        raise click.ClickException(str(error)) from None
    except OSError as error:
        raise click.ClickException(f"{file} cannot be read ({operator_messages.reason_of(error)})") from None


def _tell_losses(logs: tuple[Path, ...], head: Path | None) -> None:
    try:
        found = find_losses(list(logs), head)
    except (ValueError, KeyError, TypeError, OSError):
        raise click.ClickException(f"{head} is no head of an audit log, or a log cannot be read") from None
    for sentence in operator_messages.about_losses(found, has_logs=bool(logs)):
        click.echo(sentence)
