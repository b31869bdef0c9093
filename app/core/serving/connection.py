"""One client's connection. The poller owns it, and one thread of the pool while that answers."""

import socket
import time
from enum import Enum, auto
from typing import Any

from app.core.proxy.needs import SLOWEST_BYTES
from app.core.serving.incoming_request import IncomingRequest
from app.core.serving.outgoing import Outgoing


class State(Enum):
    arriving = auto()  # of a request nothing is here, or some of it
    answering = auto()  # a thread has it, or it waits for one
    sending = auto()  # the reader is behind
    lingering = auto()  # all is said; what still comes is thrown away, so that the client hears the answer before the end
    closed = auto()


class Connection:
    """client, server: addresses. answer: the one begun. keeps: open for another request after it.

    watched: for what the poller looks. deadline: when its time is over, in monotonic seconds. held, queued: bytes its room counts.
    """

    def __init__(self, sock: socket.socket, client: Any, server: Any, arriving: IncomingRequest) -> None:
        self.sock = sock
        self.client = client
        self.server = server
        self.arriving = arriving
        self.deadline = 0.0
        self.out = Outgoing(sock)
        self.answer: Any = None
        self.state = State.arriving
        self.watched = 0
        self.keeps = False
        self.held = 0
        self.queued = 0
        self.patience = 0.0

    def wait_for_head(self, seconds: float) -> None:
        """All of it, from its first byte on."""
        self.deadline = time.monotonic() + seconds

    def wait_for_body(self, pause: float, came: int) -> None:
        """As long as its pieces come, and are no trickle. came: bytes of this piece."""
        now = time.monotonic()
        self.patience = (self.patience or now + pause) + came / SLOWEST_BYTES
        self.deadline = min(now + pause, self.patience)

    def wait_for_next(self, arriving: IncomingRequest, seconds: float) -> None:
        """All is said; it may send another request."""
        self.arriving = arriving
        self.state = State.arriving
        self.deadline = time.monotonic() + seconds
        self.patience = 0.0

    def say_continue(self) -> None:
        """The client may wait to be told to send its body."""
        if self.arriving.wants_continue():
            self.out.send(b"HTTP/1.1 100 Continue\r\n\r\n")
