"""The kind of a file by its leading bytes, never by its name or by what the browser says (OWASP File Upload Cheat Sheet).

This is a guess, not a check: a file that looks right here must still decode, and is then re-encoded.
"""

from enum import Enum

HEAD_BYTES = 1024  # a PDF begins within these (ISO 32000-1, annex H.3.4.1): mail and scanning programs put bytes before it
_HEVC_BRANDS = (b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx")
_HEIF_BRANDS = (*_HEVC_BRANDS, b"mif1", b"msf1")


class Kind(Enum):
    """The value is Pillow's name of the format, where it has one."""

    jpeg = "JPEG"
    png = "PNG"
    webp = "WEBP"
    heif = "HEIF"
    pdf = "PDF"


class OtherKind(Enum):
    """Kinds that people send and that are not accepted; the refusal's code ends with the value."""

    avif = "avif"
    gif = "gif"
    bmp = "bmp"
    tiff = "tiff"
    svg = "svg"
    office = "office"
    film = "film"
    web = "web"
    unknown = "kind"


_ARCHIVE = b"PK\x03\x04"
_STARTS = (
    (b"GIF8", OtherKind.gif),
    (b"BM", OtherKind.bmp),
    (b"II*\x00", OtherKind.tiff),
    (b"MM\x00*", OtherKind.tiff),
    (_ARCHIVE, OtherKind.office),  # any other archive looks the same
    (b"\xd0\xcf\x11\xe0", OtherKind.office),
)


class Unfit(Exception):
    """This file is not accepted. `code` says why, as in `service.refusals`; values fill in the sentence."""

    def __init__(self, code: str, **values: int) -> None:
        super().__init__(code)
        self.code, self.values = code, values


def kind_of(head: bytes) -> Kind | None:
    """head: the first HEAD_BYTES of the file."""
    if head.startswith(b"\xff\xd8\xff"):
        return Kind.jpeg
    if head.startswith(b"\x89PNG\r\n\x1a\n"):
        return Kind.png
    if head[:4] == b"RIFF" and head[8:12] == b"WEBP":
        return Kind.webp
    if head[4:8] == b"ftyp" and head[8:12] in _HEIF_BRANDS and not _is_avif(head):
        return Kind.heif
    return Kind.pdf if b"%PDF-" in head and not head.startswith(_ARCHIVE) else None


def _is_avif(head: bytes) -> bool:
    """By all the brands it names, because the first may be one that HEIC uses too."""
    brands = {head[at : at + 4] for at in range(8, min(int.from_bytes(head[:4], "big"), 64), 4)}
    return bool(brands & {b"avif", b"avis"}) and not brands & set(_HEVC_BRANDS)


def other_kind_of(head: bytes) -> OtherKind:
    """What the file is instead, for the sentence of the refusal. head: as for `kind_of`, which did not recognise it."""
    if head[4:8] == b"ftyp":
        return OtherKind.avif if _is_avif(head) else OtherKind.film
    for start, kind in _STARTS:
        if head.startswith(start):
            return kind
    text = head.lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if text.startswith(b"<svg") or (text.startswith(b"<?xml") and b"<svg" in text):
        return OtherKind.svg
    return OtherKind.web if text.startswith((b"<!doctype html", b"<html")) else OtherKind.unknown


def webp_size(head: bytes) -> tuple[int, int]:
    """(width, height) from the header alone, because the decoder allocates the whole canvas as soon as it is opened.

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
