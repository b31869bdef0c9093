"""Runs `rasterise.py` on a PDF and reads what it drew."""

import io
import json
import os
import struct
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from PIL import Image

from app.documents.images import Picture
from app.documents.kinds import Unfit

SCRIPT = Path(__file__).with_name("rasterise.py")
MEMORY_MEGABYTES = 1024
_WAIT_FACTOR = 4  # a busy machine may need that much longer than the processor time


def draw_pages(pdf: bytes, *, max_pages: int, max_side: int, seconds: int) -> list[Picture]:
    """seconds: of processor time. Raises Unfit (`pdf_password`, `pdf_pages`, `pdf_too_hard`, `unreadable`)."""
    limits = [str(number) for number in (max_pages, max_side, seconds, MEMORY_MEGABYTES)]
    try:
        ended = subprocess.run(  # noqa: S603
            [sys.executable, "-I", str(SCRIPT), *limits],
            input=pdf,
            capture_output=True,
            env={"PATH": os.defpath, "LC_ALL": "C.UTF-8"},
            timeout=seconds * _WAIT_FACTOR,
            check=False,
        )
    except subprocess.TimeoutExpired:
        raise Unfit("pdf_too_hard") from None
    if ended.returncode != 0:
        raise Unfit("pdf_too_hard" if ended.returncode < 0 else "unreadable")
    head, _, drawn = ended.stdout.partition(b"\n")
    answer = json.loads(head)
    if "refused" in answer:
        raise Unfit(str(answer["refused"]))
    return [_picture(jpeg) for jpeg in _split(drawn)]


def _split(drawn: bytes) -> Iterator[bytes]:
    at = 0
    while at < len(drawn):
        (length,) = struct.unpack_from(">I", drawn, at)
        yield drawn[at + 4 : at + 4 + length]
        at += 4 + length


def _picture(jpeg: bytes) -> Picture:
    with Image.open(io.BytesIO(jpeg), formats=("JPEG",)) as image:
        return Picture(jpeg, image.width, image.height)
