"""What the installation writes beside its data nobody else on the machine may read, from its first byte on."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

_MODE = 0o600


def private(path: str, flags: int) -> int:
    """An opener: `open(path, "w", opener=private)`. A file that was there with a wider mode loses it."""
    handle = os.open(path, flags, _MODE)
    os.fchmod(handle, _MODE)
    return handle


def replace_private(path: Path, text: str) -> None:
    """Replaces the file in one step, so that a crash leaves the old or the new one. Written by root, it is the folder's owner's."""
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
    """Waits until no other process is in here for this folder. The lock is on the folder: no file stays that others cannot open."""
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)


def make_private_database(path: str) -> None:
    """Makes the empty file SQLite would make with the mode of the umask; its journals take over the mode of the file.

    One that is there is not touched: closing it again would take away the locks this process holds on it.
    """
    if path and path != ":memory:" and not path.startswith("file:") and not os.path.exists(path):
        with suppress(OSError):  # what is wrong with the place SQLite says itself
            os.close(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, _MODE))
