"""A body too large to be kept until it is complete: a thread reserved for such bodies reads it as it comes."""

import select
import socket
import time

from gunicorn.http.unreader import Unreader

from app.core.proxy.needs import SLOWEST_BYTES


class StreamedBody(Unreader):  # type: ignore[misc]
    """rest: what is here already. pause: seconds between two pieces.

    Reading raises TimeoutError, which is an OSError, when the next piece does not come in time, or the body as a whole is too slow.
    """

    def __init__(self, sock: socket.socket, rest: bytes, pause: float) -> None:
        super().__init__()
        self.unread(rest)
        self._sock = sock
        self._pause = pause
        self._patience = time.monotonic() + pause
        self._poll = select.poll()
        self._poll.register(sock, select.POLLIN)

    def chunk(self, size_hint: int | None = None) -> bytes:
        while True:
            try:
                data = self._sock.recv(min(max(size_hint or 0, 8192), 1 << 20))
            except BlockingIOError:
                seconds = min(self._pause, self._patience - time.monotonic())
                if seconds <= 0 or not self._poll.poll(seconds * 1000):
                    raise TimeoutError("the body comes too slowly") from None
            else:
                self._patience += len(data) / SLOWEST_BYTES
                return data
