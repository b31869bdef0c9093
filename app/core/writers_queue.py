"""The writers of one SQLite file, first come, first served, whichever process they are in (ADR 45).

SQLite lets one connection write at a time and has the others retry after short sleeps, so under load a lucky writer is quick and
the rest wait for seconds. Here writers queue before they ask SQLite, on a System V semaphore: the kernel serves them in the order
in which they came, hands the turn to the next one itself so that nobody pushes in, ends a wait at its timeout, and takes the turn
back from a process that is killed. Where no semaphore can be had, SQLite's own retries remain.
"""

import ctypes
import errno
import os
import time
import zlib
from functools import cache
from pathlib import Path

_SEMAPHORES = 250  # in one set: two files of one user that get the same number wait for one another needlessly, nothing worse
_KEY = 0x707A0000  # "pz", and the user below it
_CREATE, _NO_WAIT, _UNDO = 0o1000, 0o4000, 0x1000  # IPC_CREAT, IPC_NOWAIT, SEM_UNDO


class _Operation(ctypes.Structure):
    """struct sembuf."""

    _fields_ = (("number", ctypes.c_ushort), ("change", ctypes.c_short), ("flags", ctypes.c_short))


class _Span(ctypes.Structure):
    """struct timespec."""

    _fields_ = (("seconds", ctypes.c_long), ("nanoseconds", ctypes.c_long))


_libc = ctypes.CDLL(None, use_errno=True)


class WritersQueue:
    """The semaphore is 0 while nobody writes."""

    def __init__(self, database: Path) -> None:
        self.number = zlib.crc32(os.fsencode(database.resolve())) % _SEMAPHORES
        take = _Operation(self.number, 0, 0), _Operation(self.number, 1, _UNDO)
        self._take = (_Operation * 2)(*take)  # waits for 0 and makes it 1, in one step
        self._give = (_Operation * 1)(_Operation(self.number, -1, _UNDO | _NO_WAIT))

    def enter(self, seconds: float) -> bool:
        """Waits for the turn. False when no semaphore can be had; then there is nothing to give back. Raises TimeoutError."""
        ends = time.monotonic() + seconds
        for _ in range(2):  # somebody may remove the user's semaphores while we wait
            failed = self._wait(ends)
            if failed == errno.EAGAIN:
                raise TimeoutError
            if failed not in (errno.EIDRM, errno.EINVAL):
                break
            _set_of_user.cache_clear()
        return not failed

    def leave(self) -> None:
        if (known := _set_of_user()) is not None:
            _libc.semtimedop(known, self._give, ctypes.c_size_t(1), None)

    def _wait(self, ends: float) -> int:
        """0, or the errno of what went wrong."""
        known = _set_of_user()
        if known is None:
            return errno.ENOSPC
        while True:
            left = max(0.0, ends - time.monotonic())
            span = _Span(int(left), int(left % 1 * 1e9))
            if _libc.semtimedop(known, self._take, ctypes.c_size_t(2), ctypes.byref(span)) == 0:
                return 0
            if (failed := ctypes.get_errno()) != errno.EINTR:
                return failed


@cache
def _set_of_user() -> int | None:
    """The semaphore set for all files of a user, made by the first process that needs it; None when the system gives none."""
    found = _libc.semget(_KEY | (os.geteuid() & 0xFFFF), _SEMAPHORES, _CREATE | 0o600)
    return found if found >= 0 else None
