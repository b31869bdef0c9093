"""A photo in, plain JPEGs out: decoded in a limited child process, turned upright, scaled down, stripped of all metadata."""

import struct
from pathlib import Path

from app.core.limited_child import Failed, Limits, TooHard, ask_child
from app.documents.drawn import Picture, read_pages
from app.documents.heif_items import is_made_of_too_much
from app.documents.jpeg_scans import has_too_many_scans
from app.documents.kinds import Kind, Unfit

MEMORY_MEGABYTES = 1024  # of address space; the largest WebP takes 640
ANSWER_MEGABYTES = 64
_FOLDER = Path(__file__).parent


def require_decodable(photo: bytes, kind: Kind) -> None:
    """Checks the structure of the file without decoding it. Raises Unfit (`photo_too_hard`)."""
    if (kind is Kind.jpeg and has_too_many_scans(photo)) or (kind is Kind.heif and is_made_of_too_much(photo)):
        raise Unfit("photo_too_hard")


def reencode(photo: bytes, kind: Kind, *, max_side: int, max_pixels: int, max_parts: int, seconds: int) -> list[Picture]:
    """One picture, or the parts of a long one from top to bottom or left to right. max_side: pixels of the longer side of each.

    seconds: of processor time. Raises Unfit (`too_many_pixels`, `too_long`, `photo_too_hard`, `unreadable`).
    """
    script = _FOLDER / ("decode_heif.py" if kind is Kind.heif else "decode.py")
    arguments = [kind.value, str(max_side), str(max_pixels), str(max_parts)]
    limits = Limits(seconds=seconds, megabytes=MEMORY_MEGABYTES, answer_megabytes=ANSWER_MEGABYTES)
    try:
        return read_pages(ask_child(script, arguments, source=photo, limits=limits))
    except TooHard:
        raise Unfit("photo_too_hard") from None
    except (Failed, ValueError, struct.error):
        raise Unfit("unreadable") from None
