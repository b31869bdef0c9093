"""The clients for which no thread is working: which has waited longest, how much memory they hold, and which are overdue."""

from collections.abc import Iterator

from app.core.proxy.needs import HELD_BYTES, TOO_BUSY
from app.core.serving.connection import Connection

_SMALL_BYTES = 65_536  # a scan, or a form without files


class WaitingClients:
    """In the order in which they came in."""

    def __init__(self) -> None:
        self._inside: dict[Connection, None] = {}
        self.held = 0  # bytes of incomplete requests
        self.queued = 0  # bytes of requests that wait for a thread

    def __bool__(self) -> bool:
        return bool(self._inside)

    def __iter__(self) -> Iterator[Connection]:
        return iter(list(self._inside))

    def take_in(self, connection: Connection) -> None:
        """Called again whenever more of its request has come, to count the bytes."""
        self._inside.setdefault(connection)
        now_held = connection.arriving.held_bytes
        self.held += now_held - connection.held
        connection.held = now_held

    def let_out(self, connection: Connection) -> None:
        self._inside.pop(connection, None)
        self.held -= connection.held
        connection.held = 0

    def longest(self, *, holding: bool) -> Connection | None:
        """The connection that has waited longest. holding: only among those that hold bytes of a request."""
        return next((connection for connection in self._inside if connection.held or not holding), None)

    def overdue(self, now: float) -> list[Connection]:
        return [connection for connection in self._inside if connection.deadline <= now]

    def queue(self, connection: Connection) -> None:
        """Counts a complete request that waits for a thread. A large body beyond the memory for them is refused."""
        size = connection.arriving.body_bytes
        if size > _SMALL_BYTES and self.queued + size > HELD_BYTES:
            connection.arriving.refuse(TOO_BUSY)
            size = 0
        connection.queued = size
        self.queued += size

    def unqueue(self, connection: Connection) -> None:
        self.queued -= connection.queued
        connection.queued = 0
