"""A stranger sends half a request, a thousand times, or reads nothing: nobody else notices, and it ends."""

import json
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.kit.databases import Databases
from tests.kit.demo import SCAN_PATH, DemoServer
from tests.kit.server import Server
from tests.kit.wire import ask, connect, heard, is_open, many, request, status_of

MANY = 1000
HALVES = {
    "heads": b"GET / HTTP/1.1\r\nHost: 127.0.0.1\r\nX-Half",
    "bodies": request("POST", "/sign-in", "Content-Length: 1000", body=b"phone=1"),
    "bodies in chunks": request("POST", SCAN_PATH, "Transfer-Encoding: chunked", body=b"4000\r\n{"),
    "papers": request("POST", "/documents", "Transfer-Encoding: chunked", body=b"40\r\n{"),
    "nothing": b"",
}


@pytest.fixture(scope="module")
def served(databases: Databases) -> Iterator[DemoServer]:
    with databases.fresh("sqlite") as url, tempfile.TemporaryDirectory(prefix="pz-slow-") as folder:
        server = DemoServer(url, Path(folder), REQUEST_HEAD_SECONDS="120", REQUEST_PAUSE_SECONDS="120")  # a busy machine's thousand
        yield server
        server.stop()


@pytest.fixture(scope="module")
def hasty(databases: Databases) -> Iterator[Server]:
    """One that waits a second for what others have a minute for."""
    with databases.fresh("sqlite") as url, tempfile.TemporaryDirectory(prefix="pz-hasty-") as folder:
        server = Server(url, Path(folder), REQUEST_HEAD_SECONDS="1", REQUEST_PAUSE_SECONDS="1")
        yield server
        server.stop()


def scan(server: DemoServer, number: int) -> int:
    known = server.institution()
    data = {"ecQrCode": "100000000000", "businessType": "01101", "operatorId": "d001", "operatorName": "张医生"}
    body = {"orgId": known["fixmedins_code"], "transType": "ec.query", "data": {**data, "outBizNo": f"slow-{number}"}}
    lines = (f"Authorization: Bearer {known['key']}", "Content-Type: application/json", "Connection: close")
    sent = json.dumps(body).encode()
    return status_of(ask(server.port, request("POST", SCAN_PATH, *lines, f"Content-Length: {len(sent)}", body=sent)))


def well(server: Server) -> int:
    return status_of(ask(server.port, request("GET", "/healthz", "Connection: close")))


@pytest.mark.parametrize("half", HALVES)
def test_a_thousand_half_requests_keep_nobody_from_being_answered(served: DemoServer, half: str) -> None:
    with many(MANY, served.port, HALVES[half]) as clients:
        answers = [status for number in range(20) for status in (well(served), scan(served, number))]

        assert answers == [200] * 40
        assert sum(map(is_open, clients)) == MANY


@pytest.mark.parametrize(("half", "status"), [("heads", 408), ("bodies", 408), ("bodies in chunks", 408), ("nothing", 0)])
def test_a_half_request_ends_in_time(hasty: Server, half: str, status: int) -> None:
    with connect(hasty.port, HALVES[half]) as client:
        assert status_of(heard(client)) == status


@pytest.mark.parametrize("half", ["heads", "bodies", "bodies in chunks"])
def test_a_trickle_ends_too(hasty: Server, half: str) -> None:
    with connect(hasty.port, HALVES[half]) as client:
        began = time.monotonic()
        while is_open(client) and time.monotonic() < began + 20:
            client.settimeout(1)
            try:
                client.sendall(b"a")
            except OSError:
                break
            time.sleep(0.02)

        assert time.monotonic() - began < 10


def test_a_stranger_cannot_hold_a_place_for_large_papers(served: DemoServer) -> None:
    claimed = request("POST", "/documents", "Content-Length: 20000000", body=b"a" * 100)

    with many(30, served.port, claimed) as clients:
        answers = {status_of(heard(client)) for client in clients}

    assert answers == {401}


def test_who_has_been_at_it_longest_makes_room(databases: Databases) -> None:
    with databases.fresh("sqlite") as url, tempfile.TemporaryDirectory(prefix="pz-full-") as folder:
        server = Server(url, Path(folder), WEB_WORKERS="1", GUNICORN_CMD_ARGS="--worker-connections 50")
        with many(120, server.port, HALVES["heads"]) as clients:
            status = well(server)
            is_kept = [is_open(client) for client in clients]
        server.stop()

    assert status == 200
    assert is_kept[:60] == [False] * 60 and is_kept[-40:] == [True] * 40
