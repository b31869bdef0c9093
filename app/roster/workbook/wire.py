"""The messages between the app and the child: frames of one letter, four bytes of length (big-endian) and the content.

The child asks for pieces of the workbook (`R`: offset and length, eight and four bytes) and gets a frame `D` for each. So it needs
no file of its own, and a file encrypted in the store is never written to disk in clear. It says which sheet it reads (`S`), sends
rows (`B`), and ends with `E` or, if the workbook is refused, with `X`; these four are JSON.
"""

import json
import struct
from collections.abc import Callable
from typing import IO, Any

HEAD = struct.Struct(">cI")
ASKED = struct.Struct(">QI")
MOST_BYTES = 64 << 20  # fixed: of one frame; the child sends far less, and a longer one is not believed
PIECE_BYTES = 256 << 10

READ, DATA, SHEET, ROWS, END, REFUSED = b"R", b"D", b"S", b"B", b"E", b"X"


class Refused(Exception):
    """The workbook cannot be read. code: a key of the sentences in `providers/xlsx.py`; facts: the values they mention."""

    def __init__(self, code: str, **facts: Any) -> None:
        super().__init__(code)
        self.code, self.facts = code, facts


def write_frame(out: IO[bytes], kind: bytes, content: bytes) -> None:
    out.write(HEAD.pack(kind, len(content)) + content)
    out.flush()


def write_json(out: IO[bytes], kind: bytes, content: object) -> None:
    write_frame(out, kind, json.dumps(content, ensure_ascii=True, allow_nan=False, separators=(",", ":")).encode())


def read_frame(read: Callable[[int], bytes]) -> tuple[bytes, bytes]:
    """Reads one frame. read: returns that many bytes, or fewer at the end. Raises EOFError, and ValueError if it is too long."""
    head = read(HEAD.size)
    if len(head) < HEAD.size:
        raise EOFError
    kind, length = HEAD.unpack(head)
    if length > MOST_BYTES:
        raise ValueError("a frame that is too long")
    content = read(length)
    if len(content) < length:
        raise EOFError
    return kind, content
