"""Files nobody should send, each with the answer it must get."""

import io
import struct
import zipfile
import zlib
from dataclasses import dataclass
from pathlib import Path

from tests.kit.documents import make_pdf, make_photo, photo_with_place


@dataclass(frozen=True)
class Sent:
    """says: part of the sentence of the refusal; empty when the file is taken, and then nothing of `gone` is left of it."""

    name: str
    data: bytes
    status: int = 200
    says: str = ""
    gone: tuple[bytes, ...] = ()


def _chunk(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))


def png_bomb(side: int = 20_000) -> bytes:
    """side x side pixels in about 50 KB: one bit each, all the same."""
    head = _chunk(b"IHDR", struct.pack(">IIBBBBB", side, side, 1, 0, 0, 0, 0))
    packer = zlib.compressobj(9)
    rows = packer.compress(bytes((side // 8 + 1) * side)) + packer.flush()
    return b"\x89PNG\r\n\x1a\n" + head + _chunk(b"IDAT", rows) + _chunk(b"IEND", b"")


def zip_file() -> bytes:
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w") as archive:
        archive.writestr("../../etc/passwd", "root")
    return written.getvalue()


def locked_pdf() -> bytes:
    """A PDF that asks for a password (ISO 32000-1 7.6, revision 2); its keys are made up, so the empty one does not open it."""
    plain = make_pdf()
    lock = (
        "/Encrypt << /Filter /Standard /V 1 /R 2 /Length 40 /P -4 "
        f"/O <{'41' * 32}> /U <{'42' * 32}> >> /ID [<{'43' * 16}> <{'43' * 16}>]"
    )
    return plain.replace(b"/Root 1 0 R >>", f"/Root 1 0 R {lock} >>".encode())


def picture_and_page() -> bytes:
    """A photo that is also a web page and an archive, for whoever guesses by content."""
    script = b"<html><script>alert('polyglot')</script></html>"
    return make_photo(comment=script) + script + zip_file()


def webp_bomb() -> bytes:
    """16,384 x 16,384 pixels announced in thirty bytes."""
    body = b"WEBPVP8X" + struct.pack("<I", 10) + b"\x00" * 4 + (16383).to_bytes(3, "little") * 2
    return b"RIFF" + struct.pack("<I", len(body)) + body


HEIC = (Path(__file__).parent / "with-place.heic").read_bytes()
SECRETS = (b"SecretMaker", b"SecretPhone", b"Exif")

REFUSED = {
    "400 megapixels in a PNG of 50 KB": Sent("bomb.png", png_bomb(), 413, "4000 万像素"),
    "268 megapixels announced by a WebP": Sent("bomb.webp", webp_bomb(), 413, "4000 万像素"),
    "a zip named .jpg": Sent("photo.jpg", zip_file(), 415, "这不是照片，也不是 PDF"),
    "a drawing with script": Sent("a.svg", b"<svg xmlns='http://www.w3.org/2000/svg'><script/></svg>", 415, "这不是照片"),
    "a web page named .png": Sent("a.png", b"<html><script>alert(1)</script>", 415, "这不是照片"),
    "an archive behind the word PDF": Sent("a.jpg", zip_file() + b"%PDF-1.7", 415, "这不是照片"),
    "0 bytes": Sent("empty.jpg", b"", 422, "这个文件是空的"),
    "50 MB": Sent("big.jpg", b"\xff\xd8\xff" + bytes(50 << 20), 413, "超过了 10 MB"),
    "half a photo's head": Sent("a.jpg", b"\xff\xd8\xff", 422, "这个文件坏了"),
    "nonsense behind a PNG's head": Sent("a.png", b"\x89PNG\r\n\x1a\n" + bytes(100), 422, "这个文件坏了"),
    "nonsense behind a WebP's head": Sent("a.webp", b"RIFF\x00\x00\x00\x00WEBPVP8 " + bytes(100), 422, "这个文件坏了"),
    "nonsense behind a HEIC's head": Sent("a.heic", HEIC[:400], 422, "这个文件坏了"),
}
REFUSED_LATER = {
    "a PDF with a password": Sent("a.pdf", locked_pdf(), says="这个 PDF 设了密码"),
    "nonsense behind a PDF's head": Sent("a.pdf", b"%PDF-1.7\n" + bytes(5000), says="这个文件坏了"),
    "a PDF of 13 pages": Sent("a.pdf", make_pdf(13), says="最多 12 页"),
}
CLEANED = {
    "a HEIC that says where it was taken": Sent("IMG.HEIC", HEIC, gone=SECRETS),
    "a JPEG that says where it was taken": Sent("IMG.JPG", photo_with_place(), gone=SECRETS),
    "a PNG that says where it was taken": Sent("IMG.PNG", photo_with_place("PNG"), gone=SECRETS),
    "a photo that is also a page and an archive": Sent("a.jpg", picture_and_page(), gone=(b"polyglot", b"PK\x03\x04", b"<script")),
    "a PDF with script": Sent("a.pdf", make_pdf(script="app.alert\\(1\\)"), gone=(b"JavaScript", b"alert", b"%PDF")),
    "a photo named as a path": Sent("../../../etc/cron.d/x.jpg", make_photo(), gone=(b"cron",)),
    "a photo with a very long name": Sent("长" * 5000 + ".jpg", make_photo(), gone=()),
}
