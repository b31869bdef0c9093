"""What a file is by its leading bytes, never by its name or by what the browser says (OWASP File Upload Cheat Sheet).

Guessing is not checking: what looks right here must still decode, and is written anew.
"""

from enum import Enum

HEAD_BYTES = 64
_HEIF_BRANDS = (b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1")


class Kind(Enum):
    """The value is Pillow's name of the format, where it has one."""

    jpeg = "JPEG"
    png = "PNG"
    webp = "WEBP"
    heif = "HEIF"
    pdf = "PDF"


class Unfit(Exception):
    """This file is not taken. `code` says why, as in `service.refusals`."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def kind_of(head: bytes) -> Kind | None:
    """head: the first HEAD_BYTES of the file."""
    if head.startswith(b"\xff\xd8\xff"):
        return Kind.jpeg
    if head.startswith(b"\x89PNG\r\n\x1a\n"):
        return Kind.png
    if head[:4] == b"RIFF" and head[8:12] == b"WEBP":
        return Kind.webp
    if head[4:8] == b"ftyp" and head[8:12] in _HEIF_BRANDS:
        return Kind.heif
    return Kind.pdf if head.startswith(b"%PDF-") else None


def webp_size(head: bytes) -> tuple[int, int]:
    """(width, height) from the header alone: the decoder makes room for the whole canvas as soon as it is opened.

    Raises Unfit when the header is not one (RFC 9649, 2.5-2.7).
    """
    chunk, body = head[12:16], head[20:]
    if len(body) >= 10 and chunk == b"VP8X":
        return int.from_bytes(body[4:7], "little") + 1, int.from_bytes(body[7:10], "little") + 1
    if len(body) >= 10 and chunk == b"VP8 ":
        return int.from_bytes(body[6:8], "little") & 0x3FFF, int.from_bytes(body[8:10], "little") & 0x3FFF
    if len(body) >= 5 and chunk == b"VP8L":
        bits = int.from_bytes(body[1:5], "little")
        return (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1
    raise Unfit("unreadable")
