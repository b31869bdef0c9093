"""A response on its way to a client that may read it slowly, without any thread waiting for it."""

import socket

_AT_ONCE = 64  # pieces; the system takes at most about a thousand


class Outgoing:
    """What gunicorn is given as the socket. What it writes is kept until `push`."""

    def __init__(self, sock: socket.socket) -> None:
        self._sock = sock
        self._pieces: list[memoryview] = []

    @property
    def is_behind(self) -> bool:
        return bool(self._pieces)

    def sendall(self, data: bytes) -> None:
        if data:
            self._pieces.append(memoryview(data))

    def send(self, data: bytes) -> None:
        """Sends at once: for what the client waits for before it sends the rest of its request."""
        self.sendall(data)
        self.push()

    def gettimeout(self) -> float:
        return 0.0

    def push(self) -> None:
        """Sends as much as the socket takes now. Raises OSError when the client is gone."""
        while self._pieces:
            try:
                sent = self._sock.sendmsg(self._pieces[:_AT_ONCE])
            except BlockingIOError:
                return
            self._forget(sent)

    def _forget(self, sent: int) -> None:
        done = 0
        for piece in self._pieces:
            if sent < len(piece):
                self._pieces[done] = piece[sent:]
                break
            sent -= len(piece)
            done += 1
        del self._pieces[:done]
