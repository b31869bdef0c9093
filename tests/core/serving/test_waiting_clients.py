"""What waits for a thread takes no more memory than is there for it."""

import socket
from collections.abc import Iterator
from contextlib import ExitStack

import pytest
from gunicorn.config import Config

from app.core.bodies import MEGABYTE
from app.core.proxy.needs import HELD_BYTES, TOO_BUSY
from app.core.serving.connection import Connection
from app.core.serving.incoming_request import IncomingRequest
from app.core.serving.waiting_clients import WaitingClients
from tests.kit.wire import request

LARGE = request("POST", "/echo", f"Content-Length: {MEGABYTE}", body=b"a" * MEGABYTE)
SMALL = request("POST", "/echo", "Content-Length: 2", body=b"aa")


@pytest.fixture
def sockets() -> Iterator[ExitStack]:
    with ExitStack() as opened:
        yield opened


def whole(sockets: ExitStack, sent: bytes) -> Connection:
    arriving = IncomingRequest(Config(), ("127.0.0.1", 1), lambda _path: MEGABYTE)
    assert arriving.take(sent)
    return Connection(sockets.enter_context(socket.socket()), ("127.0.0.1", 1), ("127.0.0.1", 2), arriving)


def test_large_bodies_beyond_what_the_memory_is_for_are_refused_and_small_ones_taken(sockets: ExitStack) -> None:
    room = WaitingClients()
    fitting = [whole(sockets, LARGE) for _ in range(HELD_BYTES // MEGABYTE)]
    for connection in fitting:
        room.queue(connection)

    beyond, small = whole(sockets, LARGE), whole(sockets, SMALL)
    room.queue(beyond)
    room.queue(small)

    assert not any(connection.arriving.refusal for connection in fitting)
    assert (beyond.arriving.refusal, beyond.arriving.body_bytes) == (TOO_BUSY, 0)
    assert (small.arriving.refusal, small.arriving.body.read()) == (0, b"aa")


def test_what_was_answered_makes_room_for_others(sockets: ExitStack) -> None:
    room = WaitingClients()
    connections = [whole(sockets, LARGE) for _ in range(HELD_BYTES // MEGABYTE)]
    for connection in connections:
        room.queue(connection)
    room.unqueue(connections[0])
    room.unqueue(connections[0])  # of an answer in several parts

    one_more = whole(sockets, LARGE)
    room.queue(one_more)

    assert one_more.arriving.refusal == 0 and room.queued == HELD_BYTES
