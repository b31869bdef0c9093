"""The server's picture: the same modules as segno's, read by two decoders of different make."""

import io
import random
import subprocess
from pathlib import Path

import pytest
import segno
import zxingcpp
from PIL import Image

from app.credentials.qr import MASK, QUIET, SIDE, modules_of, path_of

SCALE = 6


def _random_code(length: int) -> str:
    kind = "80" if length == 61 else "81"
    return kind + "".join(random.choices("0123456789", k=length - 2))


def _picture(digits: str) -> Image.Image:
    """Drawn from the path itself, as a browser strokes it."""
    image = Image.new("L", (SIDE + 2 * QUIET,) * 2, 255)
    for stroke in path_of(digits).removeprefix("M").split("M"):
        place, width = stroke.split("h")
        x, y = place.split(" ")
        for i in range(int(width)):
            image.putpixel((int(x) + i, int(y.removesuffix(".5"))), 0)
    return image.resize((image.width * SCALE,) * 2, Image.Resampling.NEAREST)


@pytest.mark.parametrize("length", [61, 63])
def test_the_symbol_is_segnos(length: int) -> None:
    for _ in range(50):
        digits = _random_code(length)
        wanted = segno.make(digits, version=2, mode="numeric", error="m", mask=MASK, micro=False, boost_error=False)

        assert modules_of(digits) == int("".join("".join(map(str, row)) + "0" for row in wanted.matrix), 2)


@pytest.mark.parametrize("length", [61, 63])
def test_zxing_reads_every_code(length: int) -> None:
    for _ in range(200):
        digits = _random_code(length)

        found = zxingcpp.read_barcodes(_picture(digits))

        assert [code.text for code in found] == [digits]


@pytest.mark.parametrize("length", [61, 63])
def test_zbar_reads_every_code(length: int, tmp_path: Path) -> None:
    codes = [_random_code(length) for _ in range(60)]
    files = [tmp_path / f"{i:03}.png" for i in range(len(codes))]
    for digits, file in zip(codes, files, strict=True):
        _picture(digits).save(file)

    read = subprocess.run(["zbarimg", "--raw", "-q", *map(str, files)], capture_output=True, text=True, check=True)

    assert read.stdout.split() == codes


def test_a_small_blurred_picture_is_still_read() -> None:
    read = 0
    for _ in range(50):
        digits = _random_code(61)
        small = _picture(digits).resize((99, 99), Image.Resampling.BILINEAR)
        buffer = io.BytesIO()
        small.save(buffer, "JPEG", quality=50)
        read += any(code.text == digits for code in zxingcpp.read_barcodes(Image.open(buffer)))

    assert read >= 49
