"""The QR as the page shows it, spoilt as cameras and screens spoil it, read by two decoders of different make.

docs/qr-reading.md holds the table of the last run of `make thorough`; WRITE_DOCS=1 writes it anew.
"""

import io
import os
import re
import subprocess
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from urllib.parse import urlsplit

import pytest
import zxingcpp
from flask import Flask
from PIL import Image, ImageFilter
from playwright.sync_api import Browser, Page

from app.core import clock
from app.credentials import service
from tests.credentials.holders import make_holder
from tests.kit.chromium import phone
from tests.kit.databases import Databases
from tests.kit.thorough import is_thorough

DOCUMENT = Path(__file__).parents[2] / "docs/qr-reading.md"
CODES = 10 if is_thorough() else 3  # of each theme
GROUND = {"light": "#fbfaf7", "dark": "#121614"}


def _scaled(image: Image.Image) -> Image.Image:
    return image.resize((image.width * 2 // 5, image.height * 2 // 5), Image.Resampling.BILINEAR)


def _blurred(image: Image.Image) -> Image.Image:
    """The radius is a third of a module of the picture taken."""
    return image.filter(ImageFilter.GaussianBlur(_module(image) / 3))


def _turned(image: Image.Image) -> Image.Image:
    return image.rotate(15, Image.Resampling.BICUBIC, expand=True, fillcolor=image.getpixel((2, 2)))


def _module(image: Image.Image) -> float:
    """Pixels of one module: the code is as wide as the screen but for its margins, and has 33 with its quiet zone."""
    return image.width * 358 / 390 / 33


SPOILT: dict[str, Callable[[Image.Image], Image.Image]] = {
    "as shown": lambda image: image,
    "scaled to 40 %": _scaled,
    "blurred (Gauss, 1/3 module)": _blurred,
    "turned by 15°": _turned,
    "40 %, blurred": lambda image: _blurred(_scaled(image)),
    "40 %, turned by 15°": lambda image: _turned(_scaled(image)),
    "40 %, blurred, turned by 15°": lambda image: _turned(_blurred(_scaled(image))),
}


@pytest.fixture
def database_url(databases: Databases) -> Iterator[str]:
    with databases.fresh("sqlite") as url:
        yield url


def _screens(page: Page) -> list[tuple[str, Image.Image]]:
    """(digits, the whole screen) of codes each drawn a second later; the last one is a desk's 63 digits."""
    taken = []
    for n in range(CODES):
        clock.move(timedelta(seconds=1))
        page.goto("/code" if n < CODES - 1 else "/code/challenge?digits=47")
        digits = page.locator("[data-code]").get_attribute("data-code") or ""
        taken.append((digits, Image.open(io.BytesIO(page.screenshot())).convert("RGB")))
    return taken


def _read_by_zxing(files: dict[Path, str]) -> int:
    return sum([found.text for found in zxingcpp.read_barcodes(Image.open(file))] == [digits] for file, digits in files.items())


def _read_by_zbar(files: dict[Path, str]) -> int:
    ended = subprocess.run(["zbarimg", "--xml", "-q", *map(str, files)], capture_output=True, text=True)
    read = dict(re.findall(r"<source href='([^']+)'>.*?<!\[CDATA\[(\d+)\]\]>.*?</source>", ended.stdout, re.DOTALL))
    return sum(read.get(str(file)) == digits for file, digits in files.items())


def test_both_decoders_read_the_spoilt_screen(app: Flask, chromium: Browser, live_server: str, tmp_path: Path) -> None:
    holder = make_holder()
    service.unlock_code(holder.session, holder.credential)
    lines = ["| screen | theme | zxing-cpp | zbar |", "|---|---|---|---|"]
    missed = []
    for theme in GROUND:
        with phone(chromium, base_url=live_server, color_scheme=theme, java_script_enabled=False) as context:
            cookie = {"name": "pz", "value": holder.cookie_value(app), "domain": urlsplit(live_server).hostname or "", "path": "/"}
            context.add_cookies([cookie])
            screens = _screens(context.new_page())
        for name, spoil in SPOILT.items():
            files = {}
            for n, (digits, image) in enumerate(screens):
                file = tmp_path / f"{theme}-{len(lines)}-{n}.png"
                spoil(image).save(file, compress_level=1)
                files[file] = digits
            zxing, zbar = _read_by_zxing(files), _read_by_zbar(files)
            lines.append(f"| {name} | {theme} | {zxing}/{CODES} | {zbar}/{CODES} |")
            missed += [] if zxing == zbar == CODES else [lines[-1]]
    table = "\n".join(lines)
    (tmp_path / "qr-reading.md").write_text(table)

    assert missed == []
    if not is_thorough():
        return
    if os.environ.get("WRITE_DOCS"):
        head = DOCUMENT.read_text().partition("| screen |")[0]
        DOCUMENT.write_text(f"{head}{table}\n")
    assert table in DOCUMENT.read_text(), "docs/qr-reading.md shows another table"
