"""Writes files beside the installation's data so that no other user of the machine can read them, from the first byte on."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

_MODE = 0o600


def private(path: str, flags: int) -> int:
    """An opener: `open(path, "w", opener=private)`. An existing file with a wider mode gets mode 0600."""
    handle = os.open(path, flags, _MODE)
    os.fchmod(handle, _MODE)
    return handle


def replace_private(path: Path, text: str) -> None:
    """Replaces the file in one step, so that a crash leaves the old or the new one. Root gives it to the owner of the folder."""
    draft = path.with_suffix(".new")
    with open(draft, "w", opener=private) as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    if os.geteuid() == 0:
        owner = path.parent.stat()
        os.chown(draft, owner.st_uid, owner.st_gid)
    os.replace(draft, path)


@contextmanager
def alone_in(folder: Path) -> Iterator[None]:
    """Waits until no other process is in here for this folder. Locks the folder itself, so no lock file of another user is left."""
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)


def make_private_database(path: str) -> None:
    """Creates the empty database file, which SQLite would create with the umask's mode; its journals get the mode of the file.

    An existing file is not opened: closing it again would release the locks that this process holds on it.
    """
    if path and path != ":memory:" and not path.startswith("file:") and not os.path.exists(path):
        with suppress(OSError):  # SQLite itself reports what is wrong with the place
            os.close(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, _MODE))
