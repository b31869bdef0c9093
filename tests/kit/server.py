"""A really running server: gunicorn with worker processes on a free loopback port, on the database the test prepared in-process."""

import os
import signal
import subprocess
import sys
import time
from http.client import HTTPConnection, HTTPException
from pathlib import Path

from tests.kit import faults
from tests.kit.ports import free_port
from tests.kit.settings import demo_environ

_STARTS_WITHIN = 60.0
_TAIL_LINES = 80
_running: list["Server"] = []


class Server:
    """Settings come as environment variables. `move_clock` works while it runs."""

    python = sys.executable

    def __init__(self, database_url: str, instance: Path, **environ: str) -> None:
        self.instance = instance
        self._told_faults = 0
        self.port = free_port()
        self._clock_file = instance / "clock"
        told = {"PORT": str(self.port), "WEB_WORKERS": "2", "TEST_CLOCK_FILE": str(self._clock_file)}
        self.environ = demo_environ(database_url, instance, **told) | environ
        self.start()

    @property
    def base_url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def start(self) -> None:
        self._log = open(self.instance / f"server-{self.port}.log", "ab")  # noqa: SIM115
        self._process = subprocess.Popen(
            [self.python, "-m", "gunicorn", "wsgi:app"],
            env=self.environ,
            stdout=self._log,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
        _running.append(self)
        deadline = time.monotonic() + _STARTS_WITHIN
        while not self._answers():
            if self._process.poll() is not None or time.monotonic() > deadline:
                self.stop()
                raise RuntimeError(f"the server did not start:\n{self.log_text()}")
            time.sleep(0.1)

    def stop(self) -> None:
        """In good order."""
        if self._process.poll() is None:
            self._process.terminate()
        self._end()

    def kill(self) -> None:
        """As when the power fails: master and workers at once."""
        os.killpg(self._process.pid, signal.SIGKILL)
        self._end()

    def flask(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """An operator's command on this installation."""
        return subprocess.run(
            [self.python, "-m", "flask", *arguments], env=self.environ, capture_output=True, text=True, timeout=120, check=False
        )

    def move_clock(self, offset_seconds: float) -> None:
        """The server's clock is this far ahead from its next look at it on."""
        draft = self._clock_file.with_suffix(".new")
        draft.write_text(str(offset_seconds))
        os.replace(draft, self._clock_file)

    def log_text(self) -> str:
        return (self.instance / f"server-{self.port}.log").read_text(errors="replace")

    def new_faults(self) -> list[str]:
        """The lines of its log about errors that nobody caught, each told once."""
        found = faults.log_faults(self.log_text())
        told, self._told_faults = self._told_faults, len(found)
        return found[told:]

    def _answers(self) -> bool:
        """Asked often, so without httpx, which reads all certificate authorities at every call."""
        asked = HTTPConnection("127.0.0.1", self.port, timeout=2)
        try:
            asked.request("GET", "/healthz")
            return asked.getresponse().status == 200
        except (OSError, HTTPException):
            return False
        finally:
            asked.close()

    def _end(self) -> None:
        try:
            self._process.wait(30)
        except subprocess.TimeoutExpired:
            os.killpg(self._process.pid, signal.SIGKILL)
            self._process.wait(30)
        self._log.close()
        if self in _running:  # ended twice is ended
            _running.remove(self)


def tails_of_running() -> str:
    """For the report of a failed test: what each server that should be running wrote last, and whether it is."""
    parts = []
    for server in _running:
        ended = server._process.poll()
        state = "is running" if ended is None else f"has ended with {ended}"
        parts += [f"{server.base_url} {state}", *server.log_text().splitlines()[-_TAIL_LINES:]]
    return "\n".join(parts)


def _faults_of_running() -> list[str]:
    return [fault for server in _running for fault in server.new_faults()]


faults.sources.append(_faults_of_running)
