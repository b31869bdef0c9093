"""What a HEIF file is composed of, read from its boxes without decoding anything (ISO/IEC 14496-12, 23008-12).

A phone's photo is a grid of a few dozen tiles. An overlay can refer to one large picture a thousand times in a few kilobytes, and
each time it is decoded. Decoders notice this only while decoding; here the numbers are bounded beforehand.
"""

from collections.abc import Iterator

MOST_ITEMS = 256  # fixed: a photo of 48 megapixels with its gain map has fewer
_MOST_BOXES = 1000  # fixed: a photo has a few dozen
_REFUSED_TYPES = {b"iovl"}
_LARGE, _TO_THE_END = 1, 0  # values of a box's size (ISO/IEC 14496-12)


def is_made_of_too_much(heif: bytes) -> bool:
    """Whether the file has too many items or references. A broken file is left to the decoder."""
    return any(kind == b"meta" and _has_too_much(heif, start + 4, end) for kind, start, end in _boxes(heif, 0, len(heif)))


def _has_too_much(heif: bytes, start: int, end: int) -> bool:
    for kind, at, stop in _boxes(heif, start, end):
        if kind == b"iinf" and _lists_too_much(heif, at, stop):
            return True
        if kind == b"iref" and _refers_too_often(heif, at, stop):
            return True
    return False


def _lists_too_much(heif: bytes, at: int, stop: int) -> bool:
    wide = 2 if heif[at : at + 1] == b"\0" else 4
    if int.from_bytes(heif[at + 4 : at + 4 + wide], "big") > MOST_ITEMS:
        return True
    for count, (_kind, start, _end) in enumerate(_boxes(heif, at + 4 + wide, stop), 1):
        id_bytes = 4 if heif[start : start + 1] >= b"\x03" else 2
        if count > MOST_ITEMS or heif[start + 6 + id_bytes : start + 10 + id_bytes] in _REFUSED_TYPES:
            return True
    return False


def _refers_too_often(heif: bytes, at: int, stop: int) -> bool:
    """Whether a picture is derived from another one twice, or there are more derivations than items."""
    wide = 2 if heif[at : at + 1] == b"\0" else 4
    total = 0
    for kind, start, _end in _boxes(heif, at + 4, stop):
        count = int.from_bytes(heif[start + wide : start + wide + 2], "big")
        if kind != b"dimg":
            continue
        total += count
        first = start + wide + 2
        named = {heif[first + wide * n : first + wide * (n + 1)] for n in range(min(count, MOST_ITEMS + 1))}
        if len(named) < count or total > 2 * MOST_ITEMS:
            return True
    return False


def _boxes(heif: bytes, at: int, stop: int) -> Iterator[tuple[bytes, int, int]]:
    """(type, start of its content, end) of each of the consecutive boxes here."""
    for _ in range(_MOST_BOXES):
        if at + 8 > stop:
            return
        size, head = int.from_bytes(heif[at : at + 4], "big"), 8
        if size == _LARGE:
            size, head = int.from_bytes(heif[at + 8 : at + 16], "big"), 16
        elif size == _TO_THE_END:
            size = stop - at
        if size < head or at + size > stop:
            return
        yield heif[at + 4 : at + 8], at + head, at + size
        at += size
