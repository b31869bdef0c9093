"""What the app and the child say to each other: frames of one letter, four bytes of length (big-endian) and the content.

The child asks for pieces of the workbook (`R`: offset and length, eight and four bytes) and is answered with a frame `D`: it needs
no file of its own, and what lies sealed in the store is never written out in clear. It says which sheet it reads (`S`), gives rows
(`B`), and ends with `E` or, when the workbook is refused, with `X`; these four are JSON.
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
    """The workbook cannot be read. code: a key of the sentences in `providers/xlsx.py`; facts: what they name."""

    def __init__(self, code: str, **facts: Any) -> None:
        super().__init__(code)
        self.code, self.facts = code, facts


def write_frame(out: IO[bytes], kind: bytes, content: bytes) -> None:
    out.write(HEAD.pack(kind, len(content)) + content)
    out.flush()


def write_json(out: IO[bytes], kind: bytes, content: object) -> None:
    write_frame(out, kind, json.dumps(content, ensure_ascii=True, allow_nan=False, separators=(",", ":")).encode())


def read_frame(read: Callable[[int], bytes]) -> tuple[bytes, bytes]:
    """read: gives so many bytes or, at the end, fewer. Raises EOFError, and ValueError for a frame no child sends."""
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
