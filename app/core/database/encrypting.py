"""Encrypting a backup to recipients, and opening one, by age's format (age-encryption.org/v1): in pieces, never all in memory.

Making a backup needs only public keys. pyrage reads one file and writes another by itself, and we are at the other end of one of
them, so it runs in a thread of its own behind a pipe.
"""

import os
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO, Any, Protocol

import pyrage

from app.core.database.backup_rejected import BackupRejected
from app.core.database.envelope import Envelope, EnvelopeWriter, Payload

Identity = Any  # pyrage.x25519.Identity, which has no type of its own
_ARMOR, _BINARY = b"-----BEGIN AGE ENCRYPTED FILE-----", b"age-encryption.org/v1"
_MOST_IDENTITIES = 1 << 16  # fixed: bytes of such a file
_GUESSES, _TOO_MUCH_WORK = 20, "Excessive work parameter"  # how often age may guess, and how its refusal begins


class BadRecipient(ValueError):
    """A setting holds something that is not a public key; the message says what."""


class BadIdentity(RuntimeError):
    """The file of identities cannot be used; the message says why in one sentence without its full stop."""


class _Sink(Protocol):
    def write(self, data: bytes, /) -> int: ...
    def flush(self) -> None: ...


class _Watched:
    """A file to write into that remembers the error by which it failed: pyrage only passes on its text."""

    def __init__(self, sink: _Sink) -> None:
        self._sink = sink
        self.failure: OSError | None = None

    def write(self, data: bytes) -> int:
        try:
            return self._sink.write(data)
        except OSError as error:
            self.failure = error
            raise

    def flush(self) -> None:
        self._sink.flush()


def read_recipients(listed: str) -> list[str]:
    """The public keys of a setting, `age1…` with commas between. Raises BadRecipient."""
    found = [one.strip() for one in listed.split(",") if one.strip()]
    for one in found:
        try:
            pyrage.x25519.Recipient.from_str(one)
        except pyrage.RecipientError:
            raise BadRecipient(f"{one[:80]} is no public key of age: it begins with age1 and has 62 characters") from None
    return found


@contextmanager
def encrypted(file: IO[bytes], recipients: Sequence[str]) -> Iterator[IO[bytes]]:
    """What is written into the yielded file goes to `file` encrypted and in an envelope, or as it is if there are no recipients.

    Raises OSError where `file` cannot be written.
    """
    if not recipients:
        yield file
        return
    envelope = EnvelopeWriter(file)
    watched = _Watched(envelope)
    keys = [pyrage.x25519.Recipient.from_str(one) for one in recipients]
    source, into = _pipe()
    failed: list[BaseException] = []
    worker = _start(lambda: pyrage.encrypt_io(source, watched, keys), source, failed)
    try:
        yield into
    except BrokenPipeError:
        if watched.failure is None and not failed:
            raise
    finally:
        with suppress(BrokenPipeError):
            into.close()
        worker.join()
    if found := watched.failure or next(iter(failed), None):
        raise found
    envelope.finish(list(recipients))


@contextmanager
def decrypted(path: Path, envelope: Envelope, identities: Sequence[Identity]) -> Iterator[tuple[IO[bytes], Callable[[], int]]]:
    """The backup inside, and a function that says how many bytes of the file have been read.

    Raises BackupRejected when these identities do not open it, or when it was changed; this replaces any error that the reader met
    first, which is taken for a consequence.
    """
    if not identities:
        raise BackupRejected(
            f"{path} is encrypted to {', '.join(envelope.recipients)}: name the file of such an identity with --identity"
        )
    with path.open("rb") as file:
        stream, into = _pipe()
        watched, failed = _Watched(into), []  # type: tuple[_Watched, list[BaseException]]
        worker = _start(lambda: pyrage.decrypt_io(Payload(file, envelope.size), watched, list(identities)), into, failed)
        try:
            yield stream, file.tell
        finally:
            stream.close()
            worker.join()
            if failed and not isinstance(watched.failure, BrokenPipeError):  # a reader that stops early breaks the pipe
                raise _rejected(path, envelope, failed[0]) from None


def read_identities(path: Path, ask: Callable[[], str]) -> list[Identity]:
    """The identities in a file written by `age-keygen` or `flask backup new-key`. ask: returns the passphrase of an encrypted file.

    Raises BadIdentity, and OSError.
    """
    with path.open("rb") as file:
        data = file.read(_MOST_IDENTITIES)
    if data.lstrip().startswith((_ARMOR, _BINARY)):
        data = _unlocked(path, data, ask())
    lines = [line.strip() for line in data.decode("ascii", "replace").splitlines()]
    try:
        found = [pyrage.x25519.Identity.from_str(line) for line in lines if line and not line.startswith("#")]
    except pyrage.IdentityError:
        raise BadIdentity(f"{path} holds no identity of age: a line AGE-SECRET-KEY-1…") from None
    if not found:
        raise BadIdentity(f"{path} holds no identity of age: a line AGE-SECRET-KEY-1…")
    return found


def _unlocked(path: Path, data: bytes, passphrase: str) -> bytes:
    """age guesses beforehand from a few milliseconds how much work this machine can do; on a busy one it may guess much too low."""
    for _ in range(_GUESSES):
        try:
            return bytes(pyrage.passphrase.decrypt(data, passphrase))
        except pyrage.DecryptError as error:
            if _TOO_MUCH_WORK not in str(error):
                break
        except OSError:
            break
    else:
        raise BadIdentity(
            f"{path} takes more work to open than this machine can do now: try again when it is less busy, or on another"
        )
    raise BadIdentity(f"{path} is not opened by this passphrase")


def new_identity(passphrase: str = "") -> tuple[str, bytes]:
    """(the public key, the content of the identity's file, encrypted with the passphrase if there is one)."""
    identity = pyrage.x25519.Identity.generate()
    public = str(identity.to_public())
    said = f"# public key: {public}\n{identity}\n".encode()
    return public, pyrage.passphrase.encrypt(said, passphrase, armored=True) if passphrase else said


def _pipe() -> tuple[IO[bytes], IO[bytes]]:
    reading, writing = os.pipe()
    return os.fdopen(reading, "rb"), os.fdopen(writing, "wb")


def _start(work: Callable[[], object], end: IO[bytes], failed: list[BaseException]) -> threading.Thread:
    """Works in a thread, and always closes this end of a pipe, so that the other end does not wait for ever."""

    def run() -> None:
        try:
            work()
            end.flush()
        except BaseException as error:
            failed.append(error)
        finally:
            with suppress(OSError):
                end.close()

    worker = threading.Thread(target=run, name="age", daemon=True)
    worker.start()
    return worker


def _rejected(path: Path, envelope: Envelope, error: BaseException) -> BackupRejected:
    if "No matching keys" in str(error):
        return BackupRejected(
            f"{path} is encrypted to {', '.join(envelope.recipients)}, and the identity given is of another public key"
        )
    return BackupRejected(f"{path} is cut off or was changed ({error}): copy it again from where it came")
