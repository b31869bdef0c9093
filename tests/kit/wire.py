"""Clients that no library would make: they send what they like, halves too, and read when they like."""

import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager

from app.core.serving import open_files

SCAN_PATH = "/api/v1/ec/query"


def connect(port: int, sent: bytes = b"", *, reads_little: bool = False) -> socket.socket:
    client = socket.socket()
    if reads_little:
        client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    client.settimeout(20)
    try:
        client.connect(("127.0.0.1", port))
        client.sendall(sent)
    except OSError:
        client.close()
        raise
    return client


@contextmanager
def many(count: int, port: int, sent: bytes) -> Iterator[list[socket.socket]]:
    """So many clients at once, each of which has sent this and waits."""
    open_files.connections()  # as many files as the system allows
    clients: list[socket.socket] = []
    try:
        for _ in range(count):
            clients.append(connect(port, sent))
        yield clients
    finally:
        for client in clients:
            client.close()


def heard(client: socket.socket, seconds: float = 20.0) -> bytes:
    """All that comes until the server closes; raises TimeoutError when it does not."""
    until = time.monotonic() + seconds
    parts: list[bytes] = []
    while True:
        client.settimeout(max(until - time.monotonic(), 0.001))
        try:
            part = client.recv(65_536)
        except ConnectionResetError:
            part = b""
        if not part:
            return b"".join(parts)
        parts.append(part)


def ask(port: int, sent: bytes, seconds: float = 20.0) -> bytes:
    """What the server says to this until it closes."""
    with connect(port, sent) as client:
        return heard(client, seconds)


def status_of(answer: bytes) -> int:
    """0 for none."""
    return int(answer.split(b" ", 2)[1]) if answer.startswith(b"HTTP/1.") else 0


def is_open(client: socket.socket) -> bool:
    """Nothing was said to it, and it was not sent away."""
    client.setblocking(False)
    try:
        client.recv(1, socket.MSG_PEEK)
    except BlockingIOError:
        return True
    except OSError:
        pass
    return False


def request(method: str, path: str, *lines: str, body: bytes = b"") -> bytes:
    """A whole head; lines: more of its fields."""
    return "\r\n".join([f"{method} {path} HTTP/1.1", "Host: 127.0.0.1", *lines, "", ""]).encode() + body
