"""One client's connection. The poller owns it, except while a thread of the pool answers."""

import socket
import time
from enum import Enum, auto
from typing import Any

from app.core.proxy.needs import SLOWEST_BYTES
from app.core.serving.incoming_request import IncomingRequest
from app.core.serving.outgoing import Outgoing


class State(Enum):
    arriving = auto()  # nothing of the request is here yet, or a part of it
    answering = auto()  # a thread has it, or it waits for one
    sending = auto()  # the client has to read more of the response first
    lingering = auto()  # the response is complete; what still comes is discarded, so that closing does not lose the response
    closed = auto()


class Connection:
    """client, server: addresses. answer: the one under way. keeps: whether the connection stays open for another request after it.

    watched: the selector events the poller looks for. deadline: in monotonic seconds. held, queued: bytes `WaitingClients` counted.
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
        """Sets the deadline for the whole head, counted from its first byte."""
        self.deadline = time.monotonic() + seconds

    def wait_for_body(self, pause: float, came: int) -> None:
        """Extends the deadline while pieces keep coming, unless they come too slowly. came: bytes of this piece."""
        now = time.monotonic()
        self.patience = (self.patience or now + pause) + came / SLOWEST_BYTES
        self.deadline = min(now + pause, self.patience)

    def wait_for_next(self, arriving: IncomingRequest, seconds: float) -> None:
        """The response is complete; the client may send another request."""
        self.arriving = arriving
        self.state = State.arriving
        self.deadline = time.monotonic() + seconds
        self.patience = 0.0

    def say_continue(self) -> None:
        """The client may wait to be told to send its body."""
        if self.arriving.wants_continue():
            self.out.send(b"HTTP/1.1 100 Continue\r\n\r\n")
