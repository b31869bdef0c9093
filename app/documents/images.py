"""A photo in, a plain JPEG out: decoded, turned upright, at most so large, and nothing left of what came with it.

No EXIF, place, XMP, colour profile, thumbnail or trailing bytes survive, because only pixels are carried over. One photo at a
time per process, so that four at once need the memory of one.
"""

import ctypes
import io
import struct
import threading
from dataclasses import dataclass
from typing import BinaryIO

import pi_heif
from PIL import Image

from app.documents.kinds import HEAD_BYTES, Kind, Unfit, webp_size

QUALITY = 85
_BAND_ROWS = 64
_ORIENTATION = 0x0112
_UPRIGHT = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}

_M_MMAP_THRESHOLD, _MAPPED_FROM_BYTES = -3, 1 << 20

_one_at_a_time = threading.Lock()
pi_heif.register_heif_opener(thumbnails=False)
Image.MAX_IMAGE_PIXELS = None  # our own limit is asked before anything is decoded; Pillow's only warns up to twice its own


def _give_memory_back() -> None:
    """From 1 MB on the C library maps memory and unmaps it when it is freed (mallopt(3)).

    Left to itself it keeps the pixels of the last photo in each thread that ever decoded one: four uploads, four photos.
    """
    libc = ctypes.CDLL(None)
    if hasattr(libc, "mallopt"):
        libc.mallopt(_M_MMAP_THRESHOLD, _MAPPED_FROM_BYTES)


_give_memory_back()


@dataclass(frozen=True)
class Picture:
    jpeg: bytes
    width: int
    height: int


def reencode(source: BinaryIO, kind: Kind, *, max_side: int, max_pixels: int) -> Picture:
    """source: a seekable file. max_side in pixels of the longer side. Raises Unfit (`too_many_pixels`, `unreadable`)."""
    with _one_at_a_time:
        try:
            _check_header(source, kind, max_pixels)
            with Image.open(source, formats=(kind.value,)) as image:
                _check_size(image.width, image.height, max_pixels)
                return _write_anew(image, max_side)
        except Unfit:
            raise
        except (OSError, SyntaxError, ValueError, EOFError, struct.error, MemoryError, RuntimeError):
            raise Unfit("unreadable") from None  # what the decoders raise when fed nonsense


def _check_header(source: BinaryIO, kind: Kind, max_pixels: int) -> None:
    source.seek(0)
    if kind is Kind.webp:
        _check_size(*webp_size(source.read(HEAD_BYTES)), max_pixels)
        source.seek(0)


def _check_size(width: int, height: int, max_pixels: int) -> None:
    if width < 1 or height < 1:
        raise Unfit("unreadable")
    if width * height > max_pixels:
        raise Unfit("too_many_pixels")


def _write_anew(image: Image.Image, max_side: int) -> Picture:
    turn = _UPRIGHT.get(_orientation_of(image))
    image.draft("RGB", (max_side, max_side))  # JPEG alone: decode no larger than needed
    plain: Image.Image = image if image.mode in ("RGB", "L") else _flattened(image, max_side)
    plain.thumbnail((max_side, max_side))
    if turn is not None:
        plain = plain.transpose(turn)
    clean = Image.new("RGB", plain.size)
    clean.paste(plain)
    written = io.BytesIO()
    clean.save(written, "JPEG", quality=QUALITY)
    return Picture(written.getvalue(), clean.width, clean.height)


def _orientation_of(image: Image.Image) -> int:
    try:
        return int(image.getexif().get(_ORIENTATION, 1))
    except Exception:  # a broken EXIF block is no reason to refuse the picture
        return 1


def _flattened(image: Image.Image, max_side: int) -> Image.Image:
    """On white paper, in bands: a transparent picture of 40 megapixels is 160 MB already and must not be doubled."""
    factor = max(1, max(image.size) // max_side)
    rows = _BAND_ROWS * factor
    flat = Image.new("RGB", (-(-image.width // factor), -(-image.height // factor)), "white")
    image.load()
    for top in range(0, image.height, rows):
        band = image.crop((0, top, image.width, min(top + rows, image.height)))
        if band.mode.startswith("I"):  # 16 bits of grey
            band = band.convert("I").point(lambda value: value / 256).convert("L")
        paper = Image.new("RGB", band.size, "white")
        seen = band.convert("RGBA")
        paper.paste(seen, mask=seen.getchannel("A"))
        flat.paste(paper.reduce(factor) if factor > 1 else paper, (0, top // factor))
    return flat
