"""Reads files from strangers in a separate process, with little time and memory, without secrets and unable to write files.

A file that takes all memory or never ends then costs one upload and nothing else. The script reads the file from standard input,
where it may seek, and writes what it found to standard output. Of the app it only imports small modules by name, without settings
or secrets. `limited_start` sets the limits first.
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
from typing import IO, cast

from app.core.limited_start import TOO_HARD
from app.core.logs import log

_START = Path(__file__).with_name("limited_start.py")
WAIT_FACTOR = 4  # on a busy machine the child may need that many times its processor time
_COMPLAINT_BYTES = 2000
_ENVIRONMENT = {"PATH": os.defpath, "LC_ALL": "C.UTF-8", "MALLOC_ARENA_MAX": "2"}  # each thread's arena reserves 64 MB


class TooHard(Exception):
    """The child needed more time or memory than allowed, wrote too much, or was killed in the middle of its work."""


class Failed(Exception):
    """The child ended by itself without having done its work; the log has its status and the kind of error."""


@dataclass(frozen=True)
class Limits:
    """seconds: of processor time. megabytes: of address space. answer_megabytes: the largest output that is accepted."""

    seconds: int
    megabytes: int
    answer_megabytes: int


def ask_child(script: Path, arguments: Sequence[str] = (), *, source: bytes | IO[bytes], limits: Limits) -> bytes:
    """Runs the script on the file and returns its output. Raises TooHard, Failed.

    source: the file's bytes, or an open file with a descriptor, which is read from its beginning.
    """
    with _as_file(source) as file, start_child(script, arguments, stdin=file, limits=limits) as process:
        assert process.stdout is not None
        deadline = threading.Timer(limits.seconds * WAIT_FACTOR, process.kill)
        deadline.daemon = True
        try:
            deadline.start()
            most = limits.answer_megabytes << 20
            with io.BufferedReader(cast(io.RawIOBase, process.stdout)) as said:
                answer = said.read(most + 1)
            if len(answer) > most:
                raise TooHard
            require_good_end(process, script.stem)
        finally:
            deadline.cancel()
            process.kill()
    return answer


def start_child(script: Path, arguments: Sequence[str], *, stdin: IO[bytes] | int, limits: Limits) -> subprocess.Popen[bytes]:
    """The caller has to end the child. stdin: the file, or subprocess.PIPE for a child that is sent what it asks for."""
    command = [sys.executable, "-I", str(_START), str(limits.seconds), str(limits.megabytes), str(script), *arguments]
    return subprocess.Popen(  # noqa: S603
        command, stdin=stdin, stdout=subprocess.PIPE, stderr=subprocess.PIPE, bufsize=0, env=_ENVIRONMENT, cwd="/"
    )


def require_good_end(process: subprocess.Popen[bytes], name: str) -> None:
    """For a child that has closed its output. name: for the log, which only gets the kind of its error. Raises TooHard, Failed."""
    status = process.wait()
    if status < 0 or status == TOO_HARD:
        raise TooHard
    if status != 0:
        assert process.stderr is not None
        complaint = process.stderr.read(_COMPLAINT_BYTES) or b""
        last = complaint.decode(errors="replace").strip().rpartition("\n")[2]
        log.warning("limited_child_failed", script=name, status=status, error=last.partition(":")[0][:100])
        raise Failed


@contextmanager
def _as_file(source: bytes | IO[bytes]) -> Iterator[IO[bytes]]:
    """Bytes are kept in memory, not on a disk: they may be somebody's papers."""
    if not isinstance(source, bytes):
        source.seek(0)
        yield source
        return
    with open(os.memfd_create("source"), "wb") as file:
        file.write(source)
        file.seek(0)
        yield file
