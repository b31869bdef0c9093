"""A real Redis on a free loopback port, without anything kept on disk."""

import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager

from redis import Redis
from redis.exceptions import ConnectionError as NotYet

from tests.kit.ports import free_port


@contextmanager
def running_redis() -> Iterator[str]:
    """Its URL while it runs."""
    port = free_port()
    process = subprocess.Popen(
        ["redis-server", "--bind", "127.0.0.1", "--port", str(port), "--save", "", "--appendonly", "no"], stdout=subprocess.DEVNULL
    )
    try:
        _wait(port)
        yield f"redis://127.0.0.1:{port}/0"
    finally:
        process.terminate()
        process.wait(30)


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
