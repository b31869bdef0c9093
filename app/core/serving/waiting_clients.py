"""The clients for whom no thread works: who has been at it longest, what they hold, and whose time is over."""

from collections.abc import Iterator

from app.core.proxy.needs import HELD_BYTES, TOO_BUSY
from app.core.serving.connection import Connection

_SMALL_BYTES = 65_536  # a scan, or a form without files


class WaitingClients:
    """In the order in which they came in."""

    def __init__(self) -> None:
        self._inside: dict[Connection, None] = {}
        self.held = 0  # bytes of requests that are not whole
        self.queued = 0  # bytes of those that wait for a thread

    def __bool__(self) -> bool:
        return bool(self._inside)

    def __iter__(self) -> Iterator[Connection]:
        return iter(list(self._inside))

    def take_in(self, connection: Connection) -> None:
        """Again and again, as what is held of its request grows."""
        self._inside.setdefault(connection)
        now_held = connection.arriving.held_bytes
        self.held += now_held - connection.held
        connection.held = now_held

    def let_out(self, connection: Connection) -> None:
        self._inside.pop(connection, None)
        self.held -= connection.held
        connection.held = 0

    def longest(self, *, holding: bool) -> Connection | None:
        """Who has been at it longest; holding: of those that hold something."""
        return next((connection for connection in self._inside if connection.held or not holding), None)

    def overdue(self, now: float) -> list[Connection]:
        return [connection for connection in self._inside if connection.deadline <= now]

    def queue(self, connection: Connection) -> None:
        """A whole request waits for a thread. There is memory for so many large bodies; what comes beyond is refused this time."""
        size = connection.arriving.body_bytes
        if size > _SMALL_BYTES and self.queued + size > HELD_BYTES:
            connection.arriving.refuse(TOO_BUSY)
            size = 0
        connection.queued = size
        self.queued += size

    def unqueue(self, connection: Connection) -> None:
        self.queued -= connection.queued
        connection.queued = 0
