"""How many scans a JPEG has, counted without decoding any.

Each scan goes over the whole picture. A progressive photo has about ten; the same number of bytes can hold thousands of empty ones,
each of which costs as much as a full one (libjpeg-turbo, "Two issues with the JPEG standard", LJT-01-003).
"""

import re

MOST_SCANS = 100  # fixed: a progressive photo has ten; thousands would be an attack on the decoder
# Without the markers that occur inside a scan. Several 0xFF may stand before one; a pattern that took them together would be tried
# again at each of them, and megabytes of 0xFF at the end of a file would keep a thread busy for days.
_MARKER = re.compile(rb"\xff([^\x00\xff\xd0-\xd7])", re.DOTALL)
_START_OF_SCAN, _END, _START = 0xDA, 0xD9, 0xD8  # markers of JPEG


def has_too_many_scans(jpeg: bytes) -> bool:
    """Looks only at the first picture of the file, as the decoder does; a broken file is left to the decoder."""
    scans, at = 0, 0
    while (found := _MARKER.search(jpeg, at)) is not None:
        marker, at = found[1][0], found.end()
        if marker == _END:
            return False
        if marker == _START:
            continue
        scans += marker == _START_OF_SCAN
        if scans > MOST_SCANS:
            return True
        at += int.from_bytes(jpeg[at : at + 2], "big")  # length of the segment, including these two bytes
    return False
