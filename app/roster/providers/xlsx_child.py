"""The app's side of the child process that reads a workbook: serves it the file in pieces and receives what it finds."""

import json
import os
import select
import subprocess
from pathlib import Path
from typing import Any, BinaryIO

from app.core.limited_child import WAIT_FACTOR, Failed, Limits, require_good_end, start_child
from app.core.logs import log
from app.roster import workbook
from app.roster.workbook.wire import ASKED, DATA, PIECE_BYTES, READ, read_frame, write_frame

_SCRIPT = Path(workbook.__file__).with_name("start.py")
MEMORY_MEGABYTES = 768  # a million rows of eight columns with no two texts alike take 150
_SECONDS, _SECONDS_A_MEGABYTE = 20, 8  # fixed: of processor time; a million rows are 50 MB and take 70 s


def limits_for(size: int) -> Limits:
    """The limits for a workbook of this many bytes: a small file that needs long is no real workbook."""
    return Limits(_SECONDS + _SECONDS_A_MEGABYTE * (size >> 20), MEMORY_MEGABYTES, answer_megabytes=0)


class WorkbookChild:
    """One workbook, read once. file: open and seekable. size in bytes. The creator must call `close`."""

    def __init__(self, file: BinaryIO, size: int, limits: Limits) -> None:
        self._file, self._size, self._limits = file, size, limits
        self._process = start_child(_SCRIPT, [str(size)], stdin=subprocess.PIPE, limits=limits)
        assert self._process.stdin is not None and self._process.stdout is not None
        self._inbox, self._out = self._process.stdout.fileno(), self._process.stdin

    def hear(self) -> tuple[bytes, Any]:
        """The child's next message: a kind from `wire.py` and its content. Raises TooHard or Failed if the child ended early."""
        try:
            while True:
                kind, content = read_frame(self._read)
                if kind != READ:
                    return kind, json.loads(content)
                self._serve(*ASKED.unpack(content))
        except (EOFError, BrokenPipeError):
            require_good_end(self._process, "workbook")
        except (ValueError, OverflowError):
            pass
        log.warning("limited_child_failed", script="workbook", error="it broke off, or said what nobody asked")
        raise Failed

    def close(self) -> None:
        self._process.kill()
        self._process.wait()
        for pipe in (self._process.stdin, self._process.stdout, self._process.stderr):
            assert pipe is not None
            pipe.close()

    def _serve(self, offset: int, length: int) -> None:
        if offset + length > self._size or length > PIECE_BYTES:
            raise ValueError("it asks for what is not there")
        self._file.seek(offset)
        write_frame(self._out, DATA, self._file.read(length))

    def _read(self, count: int) -> bytes:
        """Reads `count` bytes, fewer at the end. A child that sends nothing for too long is killed."""
        found = bytearray()
        while len(found) < count:
            if not select.select([self._inbox], [], [], self._limits.seconds * WAIT_FACTOR)[0]:
                self._process.kill()
            block = os.read(self._inbox, min(count - len(found), 1 << 20))
            if not block:
                break
            found += block
        return bytes(found)
