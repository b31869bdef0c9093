"""What the installation writes beside its data nobody else on the machine may read, from its first byte on."""

import os
from contextlib import suppress

_MODE = 0o600


def private(path: str, flags: int) -> int:
    """An opener: `open(path, "w", opener=private)`. A file that was there with a wider mode loses it."""
    handle = os.open(path, flags, _MODE)
    os.fchmod(handle, _MODE)
    return handle


def make_private_database(path: str) -> None:
    """Makes the empty file SQLite would make with the mode of the umask; its journals take over the mode of the file.

    One that is there is not touched: closing it again would take away the locks this process holds on it.
    """
    if path and path != ":memory:" and not path.startswith("file:") and not os.path.exists(path):
        with suppress(OSError):  # what is wrong with the place SQLite says itself
            os.close(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, _MODE))
