"""Programs that a test starts and, however it ends, stops again: each in a process group of its own, stopped by its leader's id."""

import os
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import TypeVar

_STARTS_WITHIN = 60.0
_STOPS_WITHIN = 10.0
_DIES_WITH_US = ("setpriv", "--pdeathsig", "KILL")  # a test process that is killed stops nothing any more
Found = TypeVar("Found")


class Program:
    def __init__(
        self, command: Sequence[str], *, environ: Mapping[str, str] | None = None, prepare: Callable[[Path], None] | None = None
    ) -> None:
        """Its folder, which `{folder}` names in the command, is its home and goes with it. prepare: fills the folder."""
        self.folder = Path(tempfile.mkdtemp(prefix="pz-engine-"))
        if prepare:
            prepare(self.folder)
        self._log = open(self.folder / "log", "wb")  # noqa: SIM115
        own = {"HOME": str(self.folder), "XDG_RUNTIME_DIR": str(self.folder)}
        self._process = subprocess.Popen(
            [*_DIES_WITH_US, *(part.replace("{folder}", str(self.folder)) for part in command)],
            env={**os.environ, **own, **(environ or {})},
            stdin=subprocess.DEVNULL,
            stdout=self._log,
            stderr=subprocess.STDOUT,
            cwd=self.folder,
            start_new_session=True,
        )

    def wait_for(self, look: Callable[[], Found | None], what: str) -> Found:
        """Looks again and again until there is something to see. Raises RuntimeError with what the program wrote."""
        deadline = time.monotonic() + _STARTS_WITHIN
        while (found := look()) is None:
            if self._process.poll() is not None or time.monotonic() > deadline:
                raise RuntimeError(f"{self._process.args!r} did not tell {what}:\n{self.log_text()[-2000:]}")
            time.sleep(0.02)
        return found

    def log_text(self) -> str:
        return (self.folder / "log").read_text(errors="replace")

    def stop(self) -> None:
        """The whole group: a browser is many processes, and some of them outlive the first."""
        if self._process.poll() is None:
            self._signal(signal.SIGTERM)
            with suppress(subprocess.TimeoutExpired):
                self._process.wait(_STOPS_WITHIN)
        self._signal(signal.SIGKILL)
        self._process.wait(_STOPS_WITHIN)
        self._log.close()
        shutil.rmtree(self.folder, ignore_errors=True)

    def _signal(self, which: signal.Signals) -> None:
        with suppress(ProcessLookupError):  # all of them have ended
            os.killpg(self._process.pid, which)
