"""A folder for half-made files: used by one process at a time, and emptied of what a killed process left there."""

import fcntl
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from app.core.private_files import private

_LOCK = "lock"


class Busy(RuntimeError):
    """Another process is using the folder."""


@contextmanager
def workroom(folder: Path) -> Iterator[Path]:
    """Yields the folder, created and empty, and removes it afterwards. Raises Busy, and OSError if it cannot be created."""
    handle = _enter(folder)
    try:
        _empty(folder)
        yield folder
    finally:
        with suppress(OSError):
            _empty(folder)
            (folder / _LOCK).unlink()
            folder.rmdir()
        os.close(handle)


def _enter(folder: Path) -> int:
    """The lock is released when its process ends. Locking a file that was removed meanwhile protects nothing: it tries again."""
    while True:
        folder.mkdir(mode=0o700, exist_ok=True)
        try:
            handle = private(str(folder / _LOCK), os.O_RDWR | os.O_CREAT)
        except FileNotFoundError:
            continue
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            os.close(handle)
            raise Busy(folder) from None
        with suppress(FileNotFoundError):
            if (folder / _LOCK).stat().st_ino == os.fstat(handle).st_ino:
                return handle
        os.close(handle)


def _empty(folder: Path) -> None:
    for left in folder.iterdir():
        if left.is_dir() and not left.is_symlink():
            shutil.rmtree(left)
        elif left.name != _LOCK:
            left.unlink()
