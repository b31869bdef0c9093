"""A gate before work of which a server does one piece at a time. A caller that cannot pass soon gets Busy instead of waiting on.

Between the processes of one server a file lock does that; it is released when its holder dies. In each process at most half of the
threads may wait at the gate or do the work, so that the others go on answering.
"""

import fcntl
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

from app.core.private_files import private
from app.core.settings import settings

_LOOK_SECONDS = 0.02  # fixed: often enough that nobody notices, seldom enough to cost nothing


class Busy(Exception):
    """Others come first; the caller may try again in some seconds."""


class Gate:
    """name: of the lock file in the instance folder. seconds: the longest wait before it."""

    def __init__(self, name: str, seconds: float) -> None:
        self._name, self._seconds = name, seconds
        self._inside: set[object] = set()
        self._lock = threading.Lock()

    @contextmanager
    def passed(self, whose: object, *, waits: bool = True) -> Iterator[None]:
        """whose: the person it is for; each process lets in a person only once at a time. Raises Busy."""
        with self._lock:
            if whose in self._inside or len(self._inside) >= max(1, settings.web_threads // 2):
                raise Busy
            self._inside.add(whose)
        try:
            with self._alone_on_this_server(self._seconds if waits else 0.0):
                yield
        finally:
            with self._lock:
                self._inside.discard(whose)

    @contextmanager
    def _alone_on_this_server(self, seconds: float) -> Iterator[None]:
        settings.instance_path.mkdir(mode=0o700, parents=True, exist_ok=True)
        until = time.monotonic() + seconds
        with open(settings.instance_path / f"{self._name}.lock", "w", opener=private) as handle:
            while True:
                try:
                    fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
                    break
                except OSError:
                    if time.monotonic() >= until:
                        raise Busy from None
                    time.sleep(_LOOK_SECONDS)
            yield
