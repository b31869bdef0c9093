"""The clients of one worker for which no thread is working: they are watched, closed when overdue, and limited in number."""

import selectors
import socket
import time
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from typing import Any

from gunicorn.util import write_error
from gunicorn.workers.gthread import ThreadWorker

from app.core.proxy import needs
from app.core.serving.connection import Connection, State
from app.core.serving.waiting_clients import WaitingClients

LOOK_SECONDS = 1.0  # fixed: how late a deadline of seconds may be seen
PIECE = 65_536
_LINGER_SECONDS = 2.0  # fixed: for the client to read the last response
_REFUSED_LINGER_SECONDS = 20.0  # fixed: for a client that sends all of a refused body before it reads the refusal


class ClientWatchWorker(ThreadWorker):  # type: ignore[misc]
    """Runs entirely in the poller's thread. on_ready(connection): what to do when a socket is ready."""

    alive: bool
    nr_conns: int

    def __init__(self, *args: Any, **known: Any) -> None:
        super().__init__(*args, **known)
        self.room = WaitingClients()

    def on_ready(self, connection: Connection) -> None:
        raise NotImplementedError

    def watch(self, connection: Connection, events: int) -> None:
        """events: the selector's; 0 for nothing."""
        if events == connection.watched:
            return
        if not events:
            self.poller.unregister(connection.sock)
        elif connection.watched:
            self.poller.modify(connection.sock, events, partial(self._call, connection))
        else:
            self.poller.register(connection.sock, events, partial(self._call, connection))
        connection.watched = events

    def linger(self, connection: Connection) -> None:
        """The response is complete. Closing at once while the client still sends could lose the response for the client."""
        is_refused = connection.arriving.refusal or connection.arriving.streams
        connection.state = State.lingering
        connection.deadline = time.monotonic() + (_REFUSED_LINGER_SECONDS if is_refused else _LINGER_SECONDS)
        self.room.take_in(connection)
        try:
            connection.sock.shutdown(socket.SHUT_WR)
        except OSError:
            self.drop(connection)
        else:
            self.watch(connection, selectors.EVENT_READ)

    def throw_away(self, connection: Connection) -> None:
        """Discards what a lingering client still sends."""
        try:
            is_over = not connection.sock.recv(PIECE)
        except BlockingIOError:
            is_over = False
        except OSError:
            is_over = True
        if is_over:
            self.drop(connection)

    def end_overdue(self) -> None:
        """Drops connections whose deadline has passed."""
        for connection in self.room.overdue(time.monotonic()):
            if connection.state is State.arriving and connection.arriving.has_begun:
                with suppress(OSError):
                    write_error(connection.out, needs.TOO_SLOW, "Request Timeout", "")
                    connection.out.push()
            self.drop(connection)

    def shed(self, *, holding: bool = False) -> bool:
        """Makes room by dropping the client that has waited longest. Returns whether there was one."""
        connection = self.room.longest(holding=holding)
        if connection is not None:
            self.drop(connection)
        return connection is not None

    def drop(self, connection: Connection) -> None:
        connection.state = State.closed
        self.room.let_out(connection)
        self.watch(connection, 0)
        connection.sock.close()
        self.nr_conns -= 1
        answer, connection.answer = connection.answer, None
        if answer is not None:
            self.tpool.submit(answer.end)

    def guard(self, act: Callable[[Connection], None], connection: Connection) -> None:
        """Keeps an error at one client's connection from affecting other clients."""
        if connection.state is State.closed:  # an event of another client in the same round closed it
            return
        try:
            act(connection)
        except Exception:
            self.log.exception("Error at a connection")
            self.drop(connection)

    def _call(self, connection: Connection, _sock: socket.socket) -> None:
        self.guard(self.on_ready, connection)
