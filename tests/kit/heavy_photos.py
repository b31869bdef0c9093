"""Small files that cost a decoder much work, made here."""

import io
import struct

from PIL import Image

_START_OF_SCAN, _END = b"\xff\xda", b"\xff\xd9"


def jpeg_of_scans(scans: int, side: int) -> bytes:
    """A progressive photo of side x side white pixels whose last scan is said so often that there are `scans` of them."""
    written = io.BytesIO()
    Image.new("L", (side, side), 255).save(written, "JPEG", progressive=True)
    photo = written.getvalue()
    first = photo.index(_START_OF_SCAN)
    last, end = photo.rindex(_START_OF_SCAN), photo.rindex(_END)
    have = photo.count(_START_OF_SCAN, first, end)
    return photo[:end] + photo[last:end] * (scans - have) + _END


def box(kind: bytes, *parts: bytes) -> bytes:
    body = b"".join(parts)
    return struct.pack(">I", 8 + len(body)) + kind + body


def heif_of_items(types: list[bytes], derived_from: list[int] | None = None) -> bytes:
    """The boxes that come before the pixels: an item of each type, and the first one derived from those numbered."""
    full = bytes(4)
    items = [box(b"infe", b"\x02\0\0\0", struct.pack(">HH", n, 0), kind, b"\0") for n, kind in enumerate(types, 1)]
    listed = box(b"iinf", full, struct.pack(">H", len(items)), *items)
    named = derived_from or []
    from_first = box(b"dimg", struct.pack(">HH", 1, len(named)), b"".join(struct.pack(">H", n) for n in named))
    handler = box(b"hdlr", full, bytes(4), b"pict", bytes(13))
    meta = box(b"meta", full, handler, box(b"pitm", full, b"\0\1"), listed, box(b"iref", full, from_first))
    return box(b"ftyp", b"heic", bytes(4), b"mif1heic") + meta + box(b"mdat", bytes(64))
