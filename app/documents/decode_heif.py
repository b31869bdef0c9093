"""As `decode.py`, for the photos of iPhones: of several pictures in a file the one that it names as its own."""

from typing import BinaryIO

import pi_heif
from PIL import Image

from app.documents import decode

pi_heif.options.DECODE_THREADS = 1  # each more takes memory and saves nobody processor time
pi_heif.options.THUMBNAILS = pi_heif.options.DEPTH_IMAGES = pi_heif.options.AUX_IMAGES = False


class HeifPhoto:
    """Not through Pillow's plug-in: of a file of several pictures it decodes one again when it is touched, at its first size."""

    def __init__(self, source: BinaryIO, max_pixels: int) -> None:
        self._file = pi_heif.open_heif(source)
        self.size: tuple[int, int] = self._file.size

    def decode(self, size: tuple[int, int]) -> Image.Image:
        image: Image.Image = self._file[self._file.primary_index].to_pillow()
        image.info.pop("exif", None)  # which way is up is a property of the picture, and its decoder has followed it
        return image


if __name__ == "__main__":
    decode.main(HeifPhoto)
