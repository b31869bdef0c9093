"""Draws the pages of a PDF. Runs as a limited child process: `rasterise.py <max pages> <max side> <most parts> [font folder ...]`.

Only the drawn pages of the PDF come out: no script, attachment, form or action. A very long page is cut into parts.
A PDF that shows nothing at all is refused: its text is in a font that is missing here, or it was sent empty.
"""

import ctypes
import io
import sys
from collections.abc import Iterator

import pypdfium2 as pdfium
from PIL import Image

from app.documents.cutting import Plan, plan
from app.documents.drawn import Picture, say_pages, say_refused
from app.documents.kinds import Unfit

POINTS_PER_INCH = 72  # PDF's own unit
DOTS_PER_INCH = 200  # enough to read small print on a household register
QUALITY = 85
_NEARLY_WHITE = 245  # of 255


def main() -> None:
    max_pages, max_side, most_parts = map(int, sys.argv[1:4])
    use_fonts(sys.argv[4:])
    try:
        document = _opened(max_pages)
        plans = [_plan(page, max_side) for page in document]
        if any(len(wanted.parts) > most_parts for wanted in plans) or sum(len(wanted.parts) for wanted in plans) > 2 * most_parts:
            raise Unfit("too_long")
        pages = [part for page, wanted in zip(document, plans, strict=True) for part in _parts(page, wanted)]
        if all(page.is_blank for page in pages):
            raise Unfit("pdf_blank")
    except Unfit as error:
        say_refused(sys.stdout.buffer, error)
    except pdfium.PdfiumError:
        say_refused(sys.stdout.buffer, Unfit("unreadable"))
    else:
        say_pages(sys.stdout.buffer, pages)


def use_fonts(folders: list[str]) -> None:
    """For text whose font a PDF names but does not embed: only these folders are searched (fpdfview.h, FPDF_LIBRARY_CONFIG)."""
    paths = [ctypes.create_string_buffer(folder.encode()) for folder in folders]
    listed = (ctypes.POINTER(ctypes.c_char) * (len(paths) + 1))(
        *[ctypes.cast(path, ctypes.POINTER(ctypes.c_char)) for path in paths]
    )
    pdfium.raw.FPDF_DestroyLibrary()
    pdfium.raw.FPDF_InitLibraryWithConfig(pdfium.raw.FPDF_LIBRARY_CONFIG(version=2, m_pUserFontPaths=listed))
    _kept.extend((listed, paths))


_kept: list[object] = []  # kept alive, because pdfium reads the names whenever it looks for a font


def _opened(max_pages: int) -> pdfium.PdfDocument:
    try:
        document = pdfium.PdfDocument(sys.stdin.buffer.read())
    except pdfium.PdfiumError as error:
        raise Unfit("pdf_password" if "password" in str(error).lower() else "unreadable") from None
    if not 1 <= len(document) <= max_pages:
        raise Unfit("pdf_pages" if len(document) else "unreadable")
    document.init_forms()  # filled-in fields are drawn too; this build of pdfium runs no script
    return document


def _plan(page: pdfium.PdfPage, max_side: int) -> Plan:
    full = DOTS_PER_INCH / POINTS_PER_INCH
    width, height = (max(side * full, 1.0) for side in page.get_size())
    return plan(width, height, max_side)


def _parts(page: pdfium.PdfPage, wanted: Plan) -> list[Picture]:
    """A part counts as blank only if the whole page is: the foot of a long page may be empty."""
    parts = list(_draw(page, wanted))
    return parts if all(part.is_blank for part in parts) else [part._replace(is_blank=False) for part in parts]


def _draw(page: pdfium.PdfPage, wanted: Plan) -> Iterator[Picture]:
    """Draws part by part, so that a long page takes no more memory than a short one."""
    scale = DOTS_PER_INCH / POINTS_PER_INCH * wanted.scale
    for left, top, right, bottom in wanted.boxes:
        crop = (left, wanted.height - bottom, wanted.width - right, top)
        picture = page.render(scale=scale, crop=tuple(side / scale for side in crop)).to_pil().convert("RGB")
        if picture.size != (right - left, bottom - top):  # pdfium rounds up
            picture = picture.crop((0, 0, right - left, bottom - top))
        yield _written(picture)


def _written(picture: Image.Image) -> Picture:
    darkest = min(value for value, count in enumerate(picture.convert("L").histogram()) if count)
    written = io.BytesIO()
    picture.save(written, "JPEG", quality=QUALITY)
    return Picture(written.getvalue(), picture.width, picture.height, is_blank=darkest >= _NEARLY_WHITE)


if __name__ == "__main__":
    main()
