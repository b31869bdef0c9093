"""Free ports of loopback, each for the whole life of the test process that took it."""

import fcntl
import os
import socket
import tempfile
from pathlib import Path
from typing import IO

# Below those that the system gives to outgoing connections: between the choice and the server's start nobody takes it by chance.
_FIRST, _LAST = 12_000, 31_000
_held: list[IO[str]] = []


def free_port() -> int:
    start = _FIRST + os.getpid() * 37 % (_LAST - _FIRST)
    for port in (*range(start, _LAST), *range(_FIRST, start)):
        lock = open(Path(tempfile.gettempdir()) / f"pz-port-{port}", "w")  # noqa: SIM115
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            with socket.socket() as probe:
                probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
                probe.bind(("127.0.0.1", port))
        except OSError:
            lock.close()
            continue
        _held.append(lock)
        return int(port)
    raise RuntimeError("no port is free")
