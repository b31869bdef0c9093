"""A real Redis on a free loopback port, without anything kept on disk."""

import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager

from redis import Redis
from redis.exceptions import ConnectionError as NotYet

from tests.kit.ports import free_port


class RedisServer:
    """On a port of its own, which it keeps when it is stopped and started again."""

    def __init__(self) -> None:
        self._port = free_port()
        self._process: subprocess.Popen[bytes] | None = None
        self.url = f"redis://127.0.0.1:{self._port}/0"

    def start(self) -> None:
        if self._process is None:
            self._process = subprocess.Popen(
                ["redis-server", "--bind", "127.0.0.1", "--port", str(self._port), "--save", "", "--appendonly", "no"],
                stdout=subprocess.DEVNULL,
            )
            _wait(self._port)

    def stop(self) -> None:
        if self._process is not None:
            self._process.terminate()
            self._process.wait(30)
            self._process = None

    def signal(self, number: int) -> None:
        assert self._process is not None
        self._process.send_signal(number)


@contextmanager
def redis_server() -> Iterator[RedisServer]:
    """Running when the block begins."""
    server = RedisServer()
    try:
        server.start()
        yield server
    finally:
        server.stop()


@contextmanager
def running_redis() -> Iterator[str]:
    """Its URL while it runs."""
    with redis_server() as server:
        yield server.url


def _wait(port: int) -> None:
    deadline = time.monotonic() + 30
    with Redis(port=port) as client:
        while True:
            try:
                client.ping()
                return
            except NotYet:
                if time.monotonic() > deadline:
                    raise
                time.sleep(0.05)
