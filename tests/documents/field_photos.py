"""Photos as phones, scanners and chats write them, each made for one property that programs met in the field."""

import io
import struct
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from PIL import Image, ImageDraw
from PIL.PngImagePlugin import PngInfo

FOLDER = Path(__file__).parent / "cases"
WIDTH, HEIGHT = 120, 160
_TURNED = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_90,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_270,
}
_XMP = (
    '<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">'
    '<rdf:Description xmlns:tiff="http://ns.adobe.com/tiff/1.0/" tiff:Orientation="6"/></rdf:RDF></x:xmpmeta>'
)


@dataclass(frozen=True)
class Right:
    """sizes: of the pages it becomes, none if it is refused. says: part of the sentence then. is_marked: it is `page`, upright."""

    sizes: tuple[tuple[int, int], ...] = ((WIDTH, HEIGHT),)
    says: str = ""
    is_marked: bool = True


def refused(says: str) -> Right:
    return Right((), says, False)


def page(mode: str = "RGB") -> Image.Image:
    """White paper with a dark block at the top left; upright is only one of its eight positions."""
    picture = Image.new("L", (WIDTH, HEIGHT), 255)
    ImageDraw.Draw(picture).rectangle((10, 10, 60, 50), fill=20)
    return picture.convert(mode)


def is_upright(picture: Image.Image) -> bool:
    grey = picture.convert("L")
    dark, light = [(15, 15), (55, 15), (55, 45), (30, 30)], [(5, 5), (65, 30), (30, 60), (100, 20), (20, 140), (100, 140)]
    return all(grey.getpixel(at) < 90 for at in dark) and all(grey.getpixel(at) > 200 for at in light)


def saved(picture: Image.Image, kind: str = "JPEG", **options: object) -> bytes:
    written = io.BytesIO()
    picture.save(written, kind, **options)
    return written.getvalue()


def exif(orientation: int, *, is_long: bool = False) -> bytes:
    """An EXIF block of one tag, as SHORT or, as some cameras write it, as LONG."""
    value = struct.pack(">I", orientation) if is_long else struct.pack(">HH", orientation, 0)
    tag = struct.pack(">HHI", 0x0112, 4 if is_long else 3, 1) + value
    return b"Exif\0\0MM\0*\0\0\0\x08" + struct.pack(">H", 1) + tag + bytes(4)


def turned(orientation: int, kind: str = "JPEG", **options: object) -> bytes:
    return saved(page().transpose(_TURNED[orientation]), kind, exif=exif(orientation), **options)


def _chunk(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))


def png_with_clear_paper(bits: int, *, is_colour: bool) -> bytes:
    """Paper of a dark colour that the file calls transparent; the block in the darkest there is."""
    samples, paper = 3 if is_colour else 1, 1 if bits < 8 else 3 << (bits - 8)
    rows = bytearray()
    for y in range(HEIGHT):
        row = [0 if 10 <= x <= 60 and 10 <= y <= 50 else paper for x in range(WIDTH) for _ in range(samples)]
        line = "".join(f"{value:0{bits}b}" for value in row)
        rows += b"\0" + int(line, 2).to_bytes(len(line) // 8, "big")
    head = struct.pack(">IIBBBBB", WIDTH, HEIGHT, bits, 2 if is_colour else 0, 0, 0, 0)
    clear = struct.pack(">H", paper) * samples
    body = _chunk(b"IHDR", head) + _chunk(b"tRNS", clear) + _chunk(b"IDAT", zlib.compress(bytes(rows)))
    return b"\x89PNG\r\n\x1a\n" + body + _chunk(b"IEND", b"")


def png_damaged() -> bytes:
    photo = bytearray(saved(Image.effect_noise((WIDTH, HEIGHT), 90), "PNG"))
    photo[len(photo) // 2] ^= 0xFF
    return bytes(photo)


def png_turned_by_text() -> bytes:
    """As ImageMagick keeps EXIF in a PNG; browsers do not read it."""
    info, block = PngInfo(), exif(6)
    info.add_text("Raw profile type exif", f"\nexif\n{len(block):8}\n{block.hex()}\n")
    return saved(page(), "PNG", pnginfo=info)


def png_turned_by_xmp() -> bytes:
    info = PngInfo()
    info.add_itxt("XML:com.adobe.xmp", _XMP)
    return saved(page(), "PNG", pnginfo=info)


def grey_of_sixteen_bits() -> bytes:
    return saved(Image.frombytes("I;16", (WIDTH, HEIGHT), b"".join(struct.pack("<H", v << 8) for v in page("L").tobytes())), "PNG")


def jpeg_of(width: int, height: int) -> bytes:
    """A photo that says so; only its head is looked at."""
    photo = bytearray(saved(page("L")))
    start = photo.index(b"\xff\xc0") + 5
    photo[start : start + 4] = struct.pack(">HH", height, width)
    return bytes(photo)


def long_screenshot() -> bytes:
    picture = Image.new("L", (300, 6000), 255)
    picture.paste(page("L"), (0, 0))
    return saved(picture, "PNG")


def on_clear_paper(mode: str, kind: str) -> bytes:
    """The block on paper that is not there at all: black behind nothing."""
    picture = Image.new(mode, (WIDTH, HEIGHT), (0,) * len(Image.new(mode, (1, 1)).getbands()))
    ImageDraw.Draw(picture).rectangle((10, 10, 60, 50), fill=(20, 255) if mode == "LA" else (20, 20, 20, 255))
    return saved(picture, kind, **({"lossless": True} if kind == "WEBP" else {}))


def _noisy() -> bytes:
    return saved(Image.effect_noise((480, 640), 60).convert("RGB"), quality=85)


PHOTOS: dict[str, tuple[Callable[[], bytes], Right]] = {
    **{f"a JPEG turned by EXIF {n}": (lambda n=n: turned(n), Right()) for n in _TURNED},
    "a JPEG whose EXIF says 0": (lambda: saved(page(), exif=exif(0)), Right()),
    "a JPEG whose EXIF says 9": (lambda: saved(page(), exif=exif(9)), Right()),
    "a JPEG whose EXIF is cut off": (lambda: saved(page(), exif=exif(6)[:18]), Right()),
    "a WebP turned by EXIF": (lambda: turned(6, "WEBP"), Right()),
    "a PNG turned by EXIF": (lambda: turned(6, "PNG"), Right()),
    "a JPEG turned by EXIF and not by XMP": (lambda: turned(8, xmp=_XMP.encode()), Right()),
    "a JPEG that XMP alone would turn": (lambda: saved(page(), xmp=_XMP.encode()), Right()),
    "a PNG that XMP alone would turn": (png_turned_by_xmp, Right()),
    "a PNG that a text would turn": (png_turned_by_text, Right()),
    "a HEIC turned by its own property": (
        lambda: (FOLDER / "h-heic-exif-6.heic").read_bytes(),
        Right(((900, 1200),), is_marked=False),
    ),
    "a JPEG turned by EXIF that says it at length": (
        lambda: saved(page().transpose(_TURNED[6]), exif=exif(6, is_long=True)),
        Right(),
    ),
    "a HEIC of two large pictures": (
        lambda: (FOLDER / "m-heic-two-images-2000x2600.heic").read_bytes(),
        Right(((1846, 2400),), is_marked=False),
    ),
    "two pictures of a dual camera": (lambda: saved(page(), "MPO", save_all=True, append_images=[page()]), Right()),
    "an animated PNG": (lambda: saved(page(), "PNG", save_all=True, append_images=[Image.new("RGB", (WIDTH, HEIGHT))]), Right()),
    "an animated WebP": (lambda: saved(page(), "WEBP", save_all=True, append_images=[Image.new("RGB", (WIDTH, HEIGHT))]), Right()),
    "a grey PNG of 2 bits on clear paper": (lambda: png_with_clear_paper(2, is_colour=False), Right()),
    "a grey PNG of 4 bits on clear paper": (lambda: png_with_clear_paper(4, is_colour=False), Right()),
    "a grey PNG of 8 bits on clear paper": (lambda: png_with_clear_paper(8, is_colour=False), Right()),
    "a grey PNG of 16 bits on clear paper": (lambda: png_with_clear_paper(16, is_colour=False), Right()),
    "a coloured PNG of 8 bits on clear paper": (lambda: png_with_clear_paper(8, is_colour=True), Right()),
    "a coloured PNG of 16 bits on clear paper": (lambda: png_with_clear_paper(16, is_colour=True), Right()),
    "a grey PNG with an alpha channel": (lambda: on_clear_paper("LA", "PNG"), Right()),
    "a coloured PNG with an alpha channel": (lambda: on_clear_paper("RGBA", "PNG"), Right()),
    "a WebP with an alpha channel": (lambda: on_clear_paper("RGBA", "WEBP"), Right()),
    "a PNG of one bit": (lambda: saved(page("1"), "PNG"), Right()),
    "a PNG with a palette": (lambda: saved(page("P"), "PNG"), Right()),
    "a PNG with a palette on clear paper": (lambda: saved(page("P"), "PNG", transparency=255), Right()),
    "a grey PNG of 16 bits": (grey_of_sixteen_bits, Right()),
    "a JPEG in printing colours": (lambda: saved(page("CMYK")), Right()),
    "a grey JPEG": (lambda: saved(page("L")), Right()),
    "a progressive JPEG": (lambda: saved(page(), progressive=True), Right()),
    "a JPEG without its end": (lambda: saved(page())[:-2], Right()),
    "a JPEG with a film behind it": (lambda: saved(page()) + b"\0\0\0\x18ftypmp42" + bytes(5000), Right()),
    "a JPEG that broke off half-way": (lambda: _noisy()[: len(_noisy()) // 2], refused("这个文件坏了")),
    "a PNG that broke off": (lambda: saved(Image.effect_noise((99, 99), 90), "PNG")[:5000], refused("这个文件坏了")),
    "a PNG damaged in the middle": (png_damaged, refused("这个文件坏了")),
    "a JPEG with junk before it": (lambda: b"junk" + saved(page()), refused("这不是照片")),
    "a long screenshot": (long_screenshot, Right(((300, 2400),) * 3)),
    "a strip": (lambda: saved(Image.new("L", (65000, 16), 255), "PNG"), refused("请分成几段截图")),
    "one pixel": (lambda: saved(Image.new("L", (1, 1)), "PNG"), Right(((1, 1),), is_marked=False)),
    "a photo of 48 megapixels": (
        lambda: jpeg_of(8000, 6000),
        refused("有 4800 万像素，超过了 4000 万像素。请在相机设置"),
    ),
    "an AVIF": (lambda: b"\0\0\0\x1cftypavif\0\0\0\0avifmif1miaf", refused("AVIF")),
    "an AVIF under another brand": (lambda: b"\0\0\0\x1cftypmif1\0\0\0\0mif1avifmiaf", refused("AVIF")),
    "a GIF": (lambda: saved(page("P"), "GIF"), refused("GIF")),
    "a bitmap": (lambda: saved(page(), "BMP"), refused("BMP")),
    "a TIFF": (lambda: saved(page(), "TIFF"), refused("TIFF")),
    "a film": (lambda: b"\0\0\0\x18ftypmp42" + bytes(40), refused("这是视频")),
    "a drawing": (lambda: b"<?xml version='1.0'?><svg xmlns='http://www.w3.org/2000/svg'/>", refused("SVG")),
    "a Word document": (lambda: b"PK\x03\x04" + bytes(60), refused("Word")),
    "an old Word document": (lambda: b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(60), refused("Word")),
}
