"""The watermark on every page shown to staff: 仅用于医保亲情账户审核, who looked and when. Pure.

The sentence is a stored picture (drawn once from Noto Sans CJK, OFL), so the server needs no font.
"""

import io
from functools import cache
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont

from app.core import clock

_TILE = Path(__file__).parent / "data" / "watermark.png"  # white on black: the brightness is the strength of the ink
_INK = (90, 20, 20)
_STRENGTH = 0.26  # the mark can be read on a photo, and the photo through the mark
_QUALITY = 82


def watermarked(picture: bytes, who: str) -> bytes:
    """JPEG in, JPEG out, same size. who: ASCII user name of the member who is looking."""
    with Image.open(io.BytesIO(picture), formats=("JPEG",)) as opened:
        page = opened.convert("RGB")
    mark = _mark(who, f"{clock.local(clock.now()):%Y-%m-%d %H:%M}")
    scale = max(0.25, min(page.width, page.height) / 1500)
    mark = mark.resize((max(1, round(mark.width * scale)), max(1, round(mark.height * scale))))
    ink = Image.new("RGB", mark.size, _INK)
    for top in range(0, page.height, mark.height):
        for left in range(0, page.width, mark.width):
            page.paste(ink, (left, top), mark)
    out = io.BytesIO()
    page.save(out, "JPEG", quality=_QUALITY)
    return out.getvalue()


def _mark(who: str, when: str) -> Image.Image:
    tile = _tile().copy()
    line = Image.new("L", (tile.width, 60))
    ImageDraw.Draw(line).text((20, 8), f"{who}  {when}", fill=255, font=ImageFont.load_default(34))
    turned = line.rotate(20, expand=True)
    tile.paste(turned, ((tile.width - turned.width) // 2, tile.height - turned.height), turned)
    return tile.point(lambda value: round(value * _STRENGTH))


@cache
def _tile() -> Image.Image:
    with Image.open(_TILE) as opened:
        return opened.convert("L")
