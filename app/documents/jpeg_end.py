"""A JPEG whose last bytes are missing, as some programs send them: every viewer shows it, and we accept it if the picture is whole.

A decoder fills what is missing with grey. To see where the data ends, the file is decoded once more with slightly less data: the
two pictures differ there. Progressive ones are judged in the same way by their last scan.
"""

import io

from PIL import Image, ImageChops

_END = b"\xff\xd9"
_LESS_BYTES = (4, 16, 64, 256)  # dropping a few bytes may change nothing in a white margin
_ROW = 16  # pixels of the last row of blocks


def decode_without_end(jpeg: bytes, size: tuple[int, int]) -> Image.Image:
    """Raises OSError when more than the end is missing."""
    whole = _decoded(jpeg, size)
    for less in _LESS_BYTES:
        different = ImageChops.difference(whole, _decoded(jpeg[:-less], size)).getbbox()
        if different is not None:
            if different[3] < whole.height - _ROW:
                break
            return whole
    raise OSError("image file is truncated")


def _decoded(jpeg: bytes, size: tuple[int, int]) -> Image.Image:
    image = Image.open(io.BytesIO(jpeg.rstrip(b"\xff") + _END), formats=("JPEG",))
    image.draft("RGB", size)
    image.load()
    return image
