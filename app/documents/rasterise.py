"""Draws the pages of a PDF as pictures. Runs as a process of its own, with little memory and time and without secrets.

Nothing of the PDF but its drawn pages comes out: no script, attachment, form or action. Reads the PDF from standard input; writes a
line of JSON (`{"pages": 3}` or `{"refused": "pdf_password"}`), then each page as a length of four bytes and a JPEG.
Knows nothing of the app, so that it starts quickly: `python -I rasterise.py <max pages> <max side> <seconds> <megabytes>`.
"""

import io
import json
import resource
import struct
import sys
from typing import BinaryIO

import pypdfium2 as pdfium

POINTS_PER_INCH = 72
DOTS_PER_INCH = 200
QUALITY = 85


def main() -> None:
    max_pages, max_side, seconds, megabytes = (int(argument) for argument in sys.argv[1:5])
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds + 1))
    resource.setrlimit(resource.RLIMIT_AS, (megabytes << 20, megabytes << 20))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    out = sys.stdout.buffer
    try:
        document = pdfium.PdfDocument(sys.stdin.buffer.read())
    except pdfium.PdfiumError as error:
        _say(out, {"refused": "pdf_password" if "password" in str(error).lower() else "unreadable"})
        return
    if not 1 <= len(document) <= max_pages:
        _say(out, {"refused": "pdf_pages" if len(document) else "unreadable"})
        return
    document.init_forms()  # what was filled in is drawn too; this build of pdfium runs no script
    _say(out, {"pages": len(document)})
    for page in document:
        drawn = _draw(page, max_side)
        out.write(struct.pack(">I", len(drawn)) + drawn)
    out.flush()


def _say(out: BinaryIO, answer: dict[str, object]) -> None:
    out.write(json.dumps(answer).encode() + b"\n")
    out.flush()


def _draw(page: pdfium.PdfPage, max_side: int) -> bytes:
    longer = max(*page.get_size(), 1.0)
    scale = min(DOTS_PER_INCH / POINTS_PER_INCH, max_side / longer)
    picture = page.render(scale=scale).to_pil().convert("RGB")
    picture.thumbnail((max_side, max_side))
    written = io.BytesIO()
    picture.save(written, "JPEG", quality=QUALITY)
    return written.getvalue()


if __name__ == "__main__":
    main()
