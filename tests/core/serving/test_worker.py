"""Threads wait for no client: neither for one that reads slowly nor for one whose body is large and late."""

import hashlib
import json
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from gunicorn.config import Config
from gunicorn.errors import ConfigError

from app.core.bodies import MEGABYTE
from app.core.proxy import needs
from app.core.serving.worker import WholeRequestWorker
from tests.core.serving.big_app import LARGEST, PIECES, piece
from tests.kit.ports import free_port
from tests.kit.wire import ask, connect, heard, is_open, many, request, status_of

THREADS = 2
ROOT = Path(__file__).parents[3]
CLOSE = "Connection: close"


class Gunicorn:
    """One worker of two threads."""

    def __init__(self, folder: Path) -> None:
        self.port = free_port()
        self._log = open(folder / f"log-{self.port}", "w+")  # noqa: SIM115
        command = [sys.executable, "-m", "gunicorn", "tests.core.serving.big_app:app", "--config", os.devnull]
        command += [
            "--bind",
            f"127.0.0.1:{self.port}",
            "--threads",
            str(THREADS),
            "--no-control-socket",
            "--graceful-timeout",
            "200",
        ]
        command += ["--worker-class", "app.core.serving.worker.WholeRequestWorker", "--worker-connections", "300"]
        self.process = subprocess.Popen(command, cwd=ROOT, stdout=self._log, stderr=self._log)
        until = time.monotonic() + 60
        while not self._answers():
            assert self.process.poll() is None and time.monotonic() < until, self.log()
            time.sleep(0.1)

    def log(self) -> str:
        self._log.seek(0)
        return self._log.read()

    def counts(self) -> dict[str, int]:
        said: dict[str, int] = json.loads(body_of(ask(self.port, request("GET", "/counts", CLOSE))))
        return said

    def stop(self) -> None:
        if self.process.poll() is None:
            self.process.terminate()
        self.process.wait(30)
        self._log.close()

    def worker_pid(self) -> int:
        (pid,) = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children").read_text().split()
        return int(pid)

    def _answers(self) -> bool:
        try:
            return bool(self.counts())
        except OSError:
            return False


@pytest.fixture(scope="module")
def served() -> Iterator[Gunicorn]:
    with tempfile.TemporaryDirectory(prefix="pz-worker-") as folder:
        server = Gunicorn(Path(folder))
        yield server
        server.stop()


@pytest.fixture
def own(tmp_path: Path) -> Iterator[Gunicorn]:
    """One to stop or to hurt."""
    server = Gunicorn(tmp_path)
    yield server
    server.stop()


def body_of(answer: bytes) -> bytes:
    return answer.partition(b"\r\n\r\n")[2]


def post(path: str, body: bytes, *lines: str) -> bytes:
    return request("POST", path, f"Content-Length: {len(body)}", CLOSE, *lines, body=body)


def unchunked(body: bytes) -> bytes:
    parts = []
    while body:
        size, _, rest = body.partition(b"\r\n")
        parts.append(rest[: int(size, 16)])
        body = rest[int(size, 16) + 2 :]
    return b"".join(parts)


def test_who_does_not_read_a_large_answer_holds_no_thread(served: Gunicorn) -> None:
    before = served.counts()
    with ExitStack() as opened:
        asked = request("GET", "/large", CLOSE)
        readers = [opened.enter_context(connect(served.port, asked, reads_little=True)) for _ in range(10 * THREADS)]
        for reader in readers:
            assert reader.recv(12) == b"HTTP/1.1 200"

        made = served.counts()["made"] - before["made"]
        late = body_of(heard(readers[0], 60))

    assert made < len(readers) * PIECES
    assert unchunked(late) == b"".join(piece(number) for number in range(PIECES))
    until = time.monotonic() + 20
    while served.counts()["ended"] - before["ended"] < len(readers):  # those that were not read to the end are cleared up too
        assert time.monotonic() < until
        time.sleep(0.05)


def test_a_large_body_is_read_as_it_comes_and_holds_no_thread_of_the_others(served: Gunicorn) -> None:
    body = os.urandom(3 * MEGABYTE)
    sent = post("/take", body)
    with many(2 * THREADS, served.port, sent[:MEGABYTE]), connect(served.port, sent[: 2 * MEGABYTE]) as late:
        quick = ask(served.port, post("/echo", b"quick"))
        late.sendall(sent[2 * MEGABYTE :])
        said = body_of(heard(late)).decode().split()

    assert body_of(quick) == b"quick"
    assert said == [str(len(body)), hashlib.sha256(body).hexdigest(), "large-body", "127.0.0.1"]


def test_an_ordinary_body_comes_whole_whatever_its_pieces(served: Gunicorn) -> None:
    body = os.urandom(MEGABYTE)
    sent = post("/echo", body)
    parts = (body[:7], body[7:70_000], body[70_000:])
    chunked = request("POST", "/echo", "Transfer-Encoding: chunked", CLOSE)
    chunked += b"".join(b"%x\r\n%b\r\n" % (len(part), part) for part in parts) + b"0\r\nX: 1\r\n\r\n"

    for whole in (sent, chunked):
        with connect(served.port) as client:
            for begin, end in ((0, 5), (5, 60), (60, 200), (200, 500_000), (500_000, None)):
                client.sendall(whole[begin:end])
            assert body_of(heard(client)) == body


@pytest.mark.parametrize(("claimed", "status"), [(LARGEST, 0), (LARGEST + 1, 413)])
def test_the_list_of_limits_is_kept(served: Gunicorn, claimed: int, status: int) -> None:
    with connect(served.port, request("POST", "/take", f"Content-Length: {claimed}")) as client:
        if status:
            assert b"Connection: close" in heard(client)
        else:
            assert is_open(client)


def test_whoever_waits_to_be_told_to_send_a_body_is_told(served: Gunicorn) -> None:
    for path, body in (("/echo", b"abc"), ("/take", b"a" * (2 * MEGABYTE))):
        with connect(served.port, request("POST", path, f"Content-Length: {len(body)}", "Expect: 100-continue", CLOSE)) as client:
            assert client.recv(25) == b"HTTP/1.1 100 Continue\r\n\r\n"
            client.sendall(body)
            assert status_of(heard(client)) == 200


def test_a_connection_is_kept_for_another_request(served: Gunicorn) -> None:
    with connect(served.port) as client:
        for number in range(3):
            client.sendall(request("POST", "/echo", "Content-Length: 1", body=str(number).encode()))
            answer = client.recv(65_536)
            assert status_of(answer) == 200 and body_of(answer) == str(number).encode()


def test_halves_over_what_the_memory_is_for_make_room(served: Gunicorn) -> None:
    half = request("POST", "/echo", f"Content-Length: {MEGABYTE}", body=b"a" * (MEGABYTE - 1))

    with many(80, served.port, half) as clients:
        answer = ask(served.port, post("/echo", b"well"))
        until, kept = time.monotonic() + 20, [True] * len(clients)
        while sum(kept) > needs.HELD_BYTES // MEGABYTE and time.monotonic() < until:
            kept = [is_open(client) for client in clients]

    assert body_of(answer) == b"well"
    assert 50 <= sum(kept) <= 64 and not any(kept[:10]) and all(kept[-10:])


def test_an_answer_that_breaks_off_is_seen_to_have_done_so(served: Gunicorn) -> None:
    answer = ask(served.port, request("GET", "/half", CLOSE))

    assert body_of(answer) == b"6\r\nso far\r\n"
    assert "half of it is lost" in served.log()


def test_what_is_begun_is_answered_before_the_end_and_halves_hold_up_nobody(own: Gunicorn) -> None:
    with ExitStack() as opened:
        for sent in (b"GET / HT", b""):
            opened.enter_context(many(20, own.port, sent))
        begun = opened.enter_context(connect(own.port, request("GET", "/wait")))
        own.counts()  # by now the one before it is with a thread

        own.process.send_signal(signal.SIGTERM)
        answer = heard(begun)
        own.process.wait(60)  # as long as halves may take, and the server may let them, it does not

        assert body_of(answer) == b"waited"


def test_a_worker_that_dies_is_replaced(own: Gunicorn) -> None:
    before = own.worker_pid()

    os.kill(before, signal.SIGKILL)

    until, answer = time.monotonic() + 20, b""
    while status_of(answer) != 200 and time.monotonic() < until:
        try:
            answer = ask(own.port, request("GET", "/counts", CLOSE))
        except OSError:
            time.sleep(0.05)
    assert status_of(answer) == 200 and own.worker_pid() != before


def test_it_ends_no_tls() -> None:
    config = Config()
    config.set("certfile", __file__)

    with pytest.raises(ConfigError, match="TLS ends at the proxy"):
        WholeRequestWorker.check_config(config, None)
