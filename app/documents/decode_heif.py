"""Like `decode.py`, for photos of iPhones: of several pictures in a file it takes the primary one."""

from typing import BinaryIO

import pi_heif
from PIL import Image

from app.documents import decode

pi_heif.options.DECODE_THREADS = 1  # more threads take memory and save no processor time
pi_heif.options.THUMBNAILS = pi_heif.options.DEPTH_IMAGES = pi_heif.options.AUX_IMAGES = False


class HeifPhoto:
    """Avoids Pillow's plug-in, which in a file of several pictures decodes one again when it is accessed, at its first size."""

    def __init__(self, source: BinaryIO, max_pixels: int) -> None:
        self._file = pi_heif.open_heif(source)
        self.size: tuple[int, int] = self._file.size

    def decode(self, size: tuple[int, int]) -> Image.Image:
        image: Image.Image = self._file[self._file.primary_index].to_pillow()
        image.info.pop("exif", None)  # in HEIF the orientation is a property of the picture, and the decoder has already applied it
        return image


if __name__ == "__main__":
    decode.main(HeifPhoto)
