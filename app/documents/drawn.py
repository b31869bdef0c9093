"""What a child process writes about a file: a line of JSON, `{}` or `{"refused": "pdf_password"}`, then each page as four numbers
and a JPEG.

Both sides of the pipe import this module, so it imports next to nothing.
"""

import json
import struct
from collections.abc import Iterable
from typing import BinaryIO, NamedTuple

from app.documents.kinds import Unfit

_HEAD = struct.Struct(">IIII")  # width, height, whether nothing is on it, length


class Picture(NamedTuple):
    jpeg: bytes
    width: int
    height: int
    is_blank: bool = False


def say_refused(out: BinaryIO, unfit: Unfit) -> None:
    out.write(json.dumps({"refused": unfit.code, **unfit.values}).encode() + b"\n")
    out.flush()


def say_pages(out: BinaryIO, pages: Iterable[Picture]) -> None:
    """Once this has begun, the file can no longer be refused."""
    out.write(b"{}\n")
    for page in pages:
        out.write(_HEAD.pack(page.width, page.height, page.is_blank, len(page.jpeg)) + page.jpeg)
    out.flush()


def read_pages(said: bytes) -> list[Picture]:
    """Raises Unfit; ValueError and struct.error when this is not a child's output."""
    line, _, rest = said.partition(b"\n")
    answer = json.loads(line)
    if "refused" in answer:
        raise Unfit(answer.pop("refused"), **answer)
    pages, at = [], 0
    while at < len(rest):
        width, height, is_blank, length = _HEAD.unpack_from(rest, at)
        at += _HEAD.size
        pages.append(Picture(rest[at : at + length], width, height, bool(is_blank)))
        at += length
    return pages
