"""Makes plain JPEGs of a photo. Runs as a limited child process: `decode.py <kind> <max side> <max pixels> <max parts>`.

No EXIF, location, XMP, colour profile, thumbnail or trailing bytes survive, because only pixels are carried over. Only the EXIF
block's own tag decides which way is up, as in browsers and phones; a transparent picture is put on a white background.
"""

import io
import struct
import sys
from collections.abc import Callable
from typing import BinaryIO, Protocol

from PIL import Image, ImageFile, ImageMath

from app.documents.cutting import plan
from app.documents.drawn import Picture, say_pages, say_refused
from app.documents.jpeg_end import decode_without_end
from app.documents.kinds import HEAD_BYTES, Unfit, webp_size

QUALITY = 85
_BAND_ROWS = 64
_ORIENTATION = 0x0112  # EXIF's tag
_UPRIGHT = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
_GREY_STEPS = {"L;2": 85, "L;4": 17}
# What decoders raise when they are fed nonsense.
_NONSENSE = (OSError, SyntaxError, ValueError, TypeError, EOFError, IndexError, KeyError, OverflowError, struct.error, RuntimeError)

Image.MAX_IMAGE_PIXELS = None  # our own limit is checked before anything is decoded; Pillow's only warns up to twice its value


class Photo(Protocol):
    """size: (width, height) as the header says."""

    size: tuple[int, int]

    def decode(self, size: tuple[int, int]) -> Image.Image:
        """All pixels, loaded; no smaller than `size`."""


class PillowPhoto:
    def __init__(self, source: BinaryIO, max_pixels: int) -> None:
        kind = sys.argv[1]
        if kind == "WEBP":  # its decoder allocates the whole canvas as soon as it is opened
            check_size(*webp_size(source.read(HEAD_BYTES)), max_pixels)
            source.seek(0)
        self._source, self._image = source, Image.open(source, formats=(kind,))
        self.size = self._image.size

    def decode(self, size: tuple[int, int]) -> Image.Image:
        self._image.draft("RGB", size)  # JPEG alone: decode no larger than needed
        _count_clear_colour_in_bytes(self._image)
        try:
            self._image.load()
        except OSError:
            if sys.argv[1] != "JPEG":
                raise
            self._source.seek(0)
            return decode_without_end(self._source.read(), size)
        return self._image


def main(opened: Callable[[BinaryIO, int], Photo]) -> None:
    max_side, max_pixels, max_parts = map(int, sys.argv[2:5])
    try:
        pages = _pages(opened(sys.stdin.buffer, max_pixels), max_side, max_pixels, max_parts)
    except Unfit as error:
        say_refused(sys.stdout.buffer, error)
    except _NONSENSE:
        say_refused(sys.stdout.buffer, Unfit("unreadable"))
    else:
        say_pages(sys.stdout.buffer, pages)


def check_size(width: int, height: int, max_pixels: int) -> None:
    if width < 1 or height < 1:
        raise Unfit("unreadable")
    if width * height > max_pixels:
        raise Unfit("too_many_pixels", pixels=width * height)


def _pages(photo: Photo, max_side: int, max_pixels: int, max_parts: int) -> list[Picture]:
    check_size(*photo.size, max_pixels)
    wanted = plan(*photo.size, max_side)
    if len(wanted.parts) > max_parts:
        raise Unfit("too_long")
    image = photo.decode((wanted.width, wanted.height))
    turn = _UPRIGHT.get(_orientation_of(image))
    whole = _plain(image, wanted.scale, (wanted.width, wanted.height))
    if turn is not None:
        whole = whole.transpose(turn)
        wanted = wanted._replace(width=whole.width, height=whole.height)
    return [_written(whole if len(wanted.parts) == 1 else whole.crop(box)) for box in wanted.boxes]


def _count_clear_colour_in_bytes(image: ImageFile.ImageFile) -> None:
    """A PNG gives its transparent colour in its own bit depth; pixels are decoded to eight bits (16-bit grey stays 16)."""
    clear, raw = image.info.get("transparency"), image.tile[0].args if image.tile else None
    if isinstance(clear, int) and raw in _GREY_STEPS:
        image.info["transparency"] = clear * _GREY_STEPS[raw]
    elif isinstance(clear, tuple) and raw == "RGB;16B":
        image.info["transparency"] = tuple(value >> 8 for value in clear)


def _written(part: Image.Image) -> Picture:
    part.info = {}  # what came with the file's pixels: the encoder would write its comment
    written = io.BytesIO()
    part.save(written, "JPEG", quality=QUALITY)
    return Picture(written.getvalue(), part.width, part.height)


def _orientation_of(image: Image.Image) -> int:
    """Needs a loaded picture: a PNG may have its EXIF after the pixels. `getexif` would also read XMP and text chunks, and load."""
    exif = Image.Exif()
    try:
        exif.load(image.info.get("exif") or b"")
        return int(exif.get(_ORIENTATION, 1))
    except _NONSENSE:  # a broken EXIF block is no reason to refuse the picture
        return 1


def _plain(image: Image.Image, scale: float, size: tuple[int, int]) -> Image.Image:
    """A new picture of this size, without anything else of its file."""
    if image.mode not in ("RGB", "L") or image.has_transparency_data:
        image = _flattened(image, max(1, int(1 / scale)))
    if image.size == size:
        return image.convert("RGB")
    return image.resize(size, Image.Resampling.BICUBIC, reducing_gap=2.0)


def _flattened(image: Image.Image, factor: int) -> Image.Image:
    """On white, `factor` times smaller, band by band: 40 transparent megapixels already take 160 MB, which must not be doubled."""
    rows = _BAND_ROWS * factor
    flat = Image.new("RGB", (-(-image.width // factor), -(-image.height // factor)), "white")
    for top in range(0, image.height, rows):
        band = image.crop((0, top, image.width, min(top + rows, image.height)))
        paper = _on_paper(band)
        flat.paste(paper.reduce(factor) if factor > 1 else paper, (0, top // factor))
    return flat


def _on_paper(band: Image.Image) -> Image.Image:
    paper = Image.new("RGB", band.size, "white")
    if band.mode.startswith("I"):  # 16 bits of grey
        deep, clear = band.convert("I"), band.info.get("transparency", -1)
        seen = ImageMath.lambda_eval(lambda of: (of["deep"] != clear) * 255, deep=deep).convert("L")
        paper.paste(deep.point(lambda value: value / 256).convert("L").convert("RGB"), mask=seen)
    elif band.has_transparency_data:
        transparent = band.convert("RGBA")
        paper.paste(transparent, mask=transparent.getchannel("A"))
    else:
        paper.paste(band.convert("RGB"))
    return paper


if __name__ == "__main__":
    main(PillowPhoto)
