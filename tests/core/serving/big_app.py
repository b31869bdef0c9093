"""An app with large answers and large bodies, for `test_worker.py`. Served as `tests.core.serving.big_app:app`."""

import hashlib
import threading
from collections.abc import Iterator
from pathlib import Path

from flask import Flask, Response, request

from app.config import Settings
from app.core.bodies import MEGABYTE, BodyLimit

PIECES, PIECE_BYTES = 64, MEGABYTE // 2
LARGEST = 64 * MEGABYTE

app = Flask(__name__)
app.config["SETTINGS"] = Settings(request_head_seconds=300, request_pause_seconds=300, instance_path=Path())
app.extensions["body_limits"] = [BodyLimit("take", lambda _settings: LARGEST, "anything")]
_lock = threading.Lock()
_counts = {"made": 0, "ended": 0}


def _count(name: str) -> None:
    with _lock:
        _counts[name] += 1


def piece(number: int) -> bytes:
    return bytes([number]) * PIECE_BYTES


@app.get("/large")
def show_large() -> Response:
    def pieces() -> Iterator[bytes]:
        try:
            for number in range(PIECES):
                _count("made")
                yield piece(number)
        finally:
            _count("ended")

    return Response(pieces(), content_type="application/octet-stream")


@app.get("/counts")
def show_counts() -> dict[str, int]:
    return _counts


@app.post("/take")
def take() -> str:
    digest, size = hashlib.sha256(), 0
    while data := request.stream.read(MEGABYTE):
        digest.update(data)
        size += len(data)
    return f"{size} {digest.hexdigest()} {threading.current_thread().name.split('_')[0]} {request.remote_addr}"


@app.post("/echo")
def echo() -> bytes:
    return request.get_data()


@app.get("/half")
def fail_halfway() -> Response:
    def pieces() -> Iterator[bytes]:
        yield b"so far"
        raise RuntimeError("half of it is lost")

    return Response(pieces())


@app.get("/wait")
def wait_for_end() -> str:
    """So long that the server is told to stop meanwhile."""
    threading.Event().wait(1.0)
    return "waited"
