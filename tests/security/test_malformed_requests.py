"""A stranger sends what is no request, or claims to send more than is taken: each hears at once what is wrong; nothing breaks."""

import json
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.kit.databases import Databases
from tests.kit.demo import SCAN_PATH, DemoServer
from tests.kit.wire import ask, request, status_of

CHUNKED = "Transfer-Encoding: chunked"
BAD_CHUNKS = {
    "no number": b"zz\r\nabc\r\n0\r\n\r\n",
    "longer than said": b"3\r\nabcdef\r\n0\r\n\r\n",
    "a sign before the number": b"+3\r\nabc\r\n0\r\n\r\n",
    "a size without an end": b"f" * 20_000,
    "a field that may not come last": b"0\r\nContent-Length: 5\r\n\r\n",
}
ADDRESSES = ["/sign-in", "/documents", "/bureau/roster/uploads", "/nowhere", "/api/v1/nowhere", "/healthz"]


@pytest.fixture(scope="module")
def served(databases: Databases) -> Iterator[DemoServer]:
    with databases.fresh("sqlite") as url, tempfile.TemporaryDirectory(prefix="pz-malformed-") as folder:
        server = DemoServer(url, Path(folder))
        yield server
        assert "Traceback" not in server.log_text()
        server.stop()


def of_institution(server: DemoServer, *lines: str, body: bytes = b"") -> bytes:
    return request(
        "POST",
        SCAN_PATH,
        f"Authorization: Bearer {server.institution()['key']}",
        "Content-Type: application/json",
        *lines,
        body=body,
    )


@pytest.mark.parametrize("chunks", BAD_CHUNKS)
def test_malformed_chunks_are_a_bad_request_at_every_address(served: DemoServer, chunks: str) -> None:
    answers = {path: ask(served.port, request("POST", path, CHUNKED, body=BAD_CHUNKS[chunks])) for path in ADDRESSES}

    assert {path: status_of(answer) for path, answer in answers.items()} == dict.fromkeys(ADDRESSES, 400)
    assert "浏览器发来的内容不完整" in answers["/sign-in"].decode()


@pytest.mark.parametrize("chunks", BAD_CHUNKS)
def test_the_interface_says_so_in_its_own_body(served: DemoServer, chunks: str) -> None:
    answer = ask(served.port, of_institution(served, CHUNKED, body=BAD_CHUNKS[chunks]))

    said = json.loads(answer.partition(b"\r\n\r\n")[2])
    assert (status_of(answer), said["code"], said["reason"]) == (400, 2007, "body_invalid")


@pytest.mark.parametrize("path", ["/sign-in", "/documents", "/bureau/roster/uploads", "/nowhere", "/api/v1/nowhere"])
def test_a_claim_to_send_too_much_is_refused_before_any_of_it_comes(served: DemoServer, path: str) -> None:
    began = time.monotonic()

    answer = ask(served.port, request("POST", path, "Content-Length: 99999999999"))

    assert status_of(answer) == 413
    assert time.monotonic() - began < 10


def test_the_interface_refuses_such_a_claim_in_its_own_body(served: DemoServer) -> None:
    answer = ask(served.port, of_institution(served, "Content-Length: 70000"))

    said = json.loads(answer.partition(b"\r\n\r\n")[2])
    assert (status_of(answer), said["code"], said["reason"]) == (413, 2009, "too_large")


@pytest.mark.parametrize("path", ["/sign-in", SCAN_PATH, "/documents"])
def test_too_much_without_a_claim_is_refused_too(served: DemoServer, path: str) -> None:
    piece = b"10000\r\n" + b"a" * 0x10000 + b"\r\n"

    answer = ask(served.port, request("POST", path, CHUNKED, body=piece * 20))

    assert status_of(answer) in ((413,) if path != SCAN_PATH else (401, 413))  # without a key that is said first


def test_nobody_is_told_to_send_what_is_not_taken(served: DemoServer) -> None:
    answer = ask(served.port, request("POST", "/sign-in", "Expect: 100-continue", "Content-Length: 5000000"))

    assert status_of(answer) == 413


@pytest.mark.parametrize(
    ("status", "sent"),
    [
        (400, request("POST", "/sign-in", "Content-Length: 5", CHUNKED, body=b"0\r\n\r\n")),
        (400, request("POST", "/sign-in", "Content-Length: 3", "Content-Length: 3", body=b"abc")),
        (400, request("POST", "/sign-in", "Content-Length: +3", body=b"abc")),
        (400, request("GET", "/", "Host: evil.example")),
        (400, b"GET / HTTP/1.1\nHost: 127.0.0.1\n\n"),
        (431, request("GET", "/", f"Cookie: {'a' * 60_000}")),
        (431, request("GET", "/", *(f"X-{number}: 1" for number in range(500)))),
        (431, request("GET", "/", *(f"X-{number}: {'a' * 8000}" for number in range(6)))),
        (431, request("GET", "/", *(f"X-{number}: {'a' * 8000}" for number in range(6)))[:40_000]),
        (414, request("GET", f"/{'a' * 50_000}")),
    ],
)
def test_what_proxy_and_server_could_read_differently_is_refused(served: DemoServer, status: int, sent: bytes) -> None:
    assert status_of(ask(served.port, sent)) == status


def test_two_requests_at_once_are_answered_one_after_the_other(served: DemoServer) -> None:
    first = request("POST", "/nowhere", "Content-Length: 3", body=b"a=b")

    answer = ask(served.port, first + request("GET", "/healthz", "Connection: close"))

    assert answer.count(b"HTTP/1.1 ") == 2 and answer.endswith(b"\n") and b"HTTP/1.1 200 OK" in answer
