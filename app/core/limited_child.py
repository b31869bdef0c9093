"""Files from strangers are read in a process of its own, with little time and memory, without secrets and without files to write.

What takes the whole memory or never ends then costs one upload and nothing else. The script knows nothing of the app: it reads the
file from standard input, which can be seeked, and says what it found on standard output. `limited_start` sets the limits first.
"""

import io
import os
import subprocess
import sys
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, BinaryIO

from app.core.limited_start import TOO_HARD
from app.core.logs import log

_START = Path(__file__).with_name("limited_start.py")
_WAIT_FACTOR = 4  # a busy machine may need that much longer than the processor time
_COMPLAINT_BYTES = 2000
_ENVIRONMENT = {"PATH": os.defpath, "LC_ALL": "C.UTF-8", "MALLOC_ARENA_MAX": "2"}  # each arena of a thread reserves 64 MB


class TooHard(Exception):
    """It needed more time or memory than it may have, or had more to say, or was ended in the middle of it."""


class Failed(Exception):
    """It ended by itself without having done its work; the log says with what."""


@dataclass(frozen=True)
class Limits:
    """seconds: of processor time. megabytes: of address space. answer_megabytes: the most that is read of what it says."""

    seconds: int
    megabytes: int
    answer_megabytes: int


def ask_child(script: Path, arguments: Sequence[str] = (), *, source: bytes | IO[bytes], limits: Limits) -> bytes:
    """All that the script says about the file. Raises TooHard, Failed."""
    with reading_child(script, arguments, source=source, limits=limits) as answer:
        return answer.read()


@contextmanager
def reading_child(script: Path, arguments: Sequence[str] = (), *, source: bytes | IO[bytes], limits: Limits) -> Iterator[BinaryIO]:
    """What the script says, while it says it; whoever leaves the block before the end ends the child.

    source: the file's bytes, or an open file with a descriptor, which is read from its beginning. Reading raises TooHard or Failed
    at the latest at the end: what was read before counts only if the end is reached without.
    """
    command = [sys.executable, "-I", str(_START), str(limits.seconds), str(limits.megabytes), str(script), *arguments]
    with _as_file(source) as file:
        process = subprocess.Popen(  # noqa: S603
            command, stdin=file, stdout=subprocess.PIPE, stderr=subprocess.PIPE, bufsize=0, env=_ENVIRONMENT, cwd="/"
        )
    deadline = threading.Timer(limits.seconds * _WAIT_FACTOR, process.kill)
    deadline.daemon = True
    with process:
        try:
            deadline.start()
            yield io.BufferedReader(_Answer(process, script.stem, limits.answer_megabytes << 20))  # type: ignore[type-var]
        finally:
            deadline.cancel()
            process.kill()


@contextmanager
def _as_file(source: bytes | IO[bytes]) -> Iterator[IO[bytes]]:
    """Bytes lie in memory, not on a disk: they may be somebody's papers."""
    if not isinstance(source, bytes):
        source.seek(0)
        yield source
        return
    with open(os.memfd_create("source"), "wb") as file:
        file.write(source)
        file.seek(0)
        yield file


class _Answer(io.RawIOBase):
    """Standard output of a child, bounded; its end is only an end when the child ended well."""

    def __init__(self, process: subprocess.Popen[bytes], name: str, room: int) -> None:
        self._process, self._name, self._room = process, name, room

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: bytearray) -> int:  # type: ignore[override]
        assert self._process.stdout is not None
        count: int = self._process.stdout.readinto(buffer)  # type: ignore[attr-defined]
        self._room -= count
        if self._room < 0:
            raise TooHard
        if count == 0:
            self._require_end()
        return count

    def _require_end(self) -> None:
        status = self._process.wait()
        if status < 0 or status == TOO_HARD:
            raise TooHard
        if status != 0:
            assert self._process.stderr is not None
            complaint = self._process.stderr.read(_COMPLAINT_BYTES) or b""
            last = complaint.decode(errors="replace").strip().rpartition("\n")[2]
            log.warning("limited_child_failed", script=self._name, status=status, error=last.partition(":")[0][:100])
            raise Failed
