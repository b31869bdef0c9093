"""Lets `rasterise.py` draw a PDF with the fonts of the installation, and reads what it drew."""

import struct
from pathlib import Path

from app.core.font import font_path
from app.core.limited_child import Failed, Limits, TooHard, ask_child
from app.documents.drawn import Picture, read_pages
from app.documents.kinds import Unfit

SCRIPT = Path(__file__).with_name("rasterise.py")
SYSTEM_FONTS = ("/usr/share/fonts", "/usr/local/share/fonts")
MEMORY_MEGABYTES = 1024
ANSWER_MEGABYTES = 128

# One page with one line, 医保电子凭证, in a font that is named but not embedded, as scanning programs write them.
_LINE = "533b 4fdd 7535 5b50 51ed 8bc1"
_SAMPLE = f"""%PDF-1.4
1 0 obj << /Type /Catalog /Pages 2 0 R >> endobj
2 0 obj << /Type /Pages /Kids [3 0 R] /Count 1 >> endobj
3 0 obj << /Type /Page /Parent 2 0 R /MediaBox [0 0 300 60] /Contents 4 0 R /Resources << /Font << /F1 5 0 R >> >> >> endobj
4 0 obj << /Length 63 >> stream
BT /F1 36 Tf 20 15 Td <{_LINE}> Tj ET
endstream endobj
5 0 obj << /Type /Font /Subtype /Type0 /BaseFont /STSong-Light /Encoding /UniGB-UCS2-H /DescendantFonts [6 0 R] >> endobj
6 0 obj << /Type /Font /Subtype /CIDFontType0 /BaseFont /STSong-Light /DW 1000
/CIDSystemInfo << /Registry (Adobe) /Ordering (GB1) /Supplement 2 >> /FontDescriptor 7 0 R >> endobj
7 0 obj << /Type /FontDescriptor /FontName /STSong-Light /Flags 6 /FontBBox [-25 -254 1000 880] /ItalicAngle 0
/Ascent 880 /Descent -120 /CapHeight 880 /StemV 93 >> endobj
trailer << /Root 1 0 R >>
%%EOF
""".encode()


def draw_pages(pdf: bytes, *, max_pages: int, max_side: int, seconds: int) -> list[Picture]:
    """seconds: of processor time.

    Raises Unfit (`pdf_password`, `pdf_pages`, `pdf_too_hard`, `pdf_blank`, `too_long`, `unreadable`).
    """
    arguments = [str(max_pages), str(max_side), str(max_pages), *_fonts()]
    limits = Limits(seconds=seconds, megabytes=MEMORY_MEGABYTES, answer_megabytes=ANSWER_MEGABYTES)
    try:
        return read_pages(ask_child(SCRIPT, arguments, source=pdf, limits=limits))
    except TooHard:
        raise Unfit("pdf_too_hard") from None
    except (Failed, ValueError, struct.error):
        raise Unfit("unreadable") from None


def problems() -> list[str]:
    """A sentence for the operator when Chinese characters in a PDF cannot be drawn here."""
    try:
        draw_pages(_SAMPLE, max_pages=1, max_side=1000, seconds=10)
    except Unfit as error:
        return [
            f"A PDF with Chinese letters cannot be drawn ({error.code}): pip install --no-deps -r requirements-fonts.txt, "
            "and see that pypdfium2 is installed."
        ]
    return []


def _fonts() -> list[str]:
    try:
        return [str(font_path().parent), *SYSTEM_FONTS]
    except RuntimeError:
        return [*SYSTEM_FONTS]
