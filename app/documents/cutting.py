"""How large a picture is kept, and where a long one is cut. Pure.

A picture is scaled down until its longer side fits. A long screenshot, or a web page printed to one page, would become a strip a
hundred pixels wide: it is cut into parts as wide as a page instead, each of which repeats a little of the one before.
"""

import math
from typing import NamedTuple

LEGIBLE = 800  # pixels of the shorter side below which a page of text becomes hard to read
WIDE = 1200  # pixels to which the shorter side of a long picture is scaled down
REPEATED = 120  # pixels that two parts share, so that no line of text is cut in both


class Plan(NamedTuple):
    """scale: of the whole picture, at most 1. parts: (start, end) along the longer side of the scaled picture, one if not cut."""

    scale: float
    width: int
    height: int
    parts: tuple[tuple[int, int], ...]

    @property
    def boxes(self) -> list[tuple[int, int, int, int]]:
        """(left, top, right, bottom) of each part in pixels of the scaled picture."""
        if self.height >= self.width:
            return [(0, start, self.width, end) for start, end in self.parts]
        return [(start, 0, end, self.height) for start, end in self.parts]


def plan(width: float, height: float, max_side: int) -> Plan:
    """width, height: in pixels as decoded, or as drawn at full resolution; both above 0. max_side: the longest a part may be."""
    longer, shorter = max(width, height), min(width, height)
    scale = min(1.0, max_side / longer)
    if shorter * scale < min(shorter, LEGIBLE) - 1:
        scale = min(1.0, WIDE / shorter)
    size = max(1, round(width * scale)), max(1, round(height * scale))
    return Plan(scale, *size, _cut(max(size), max_side))


def _cut(length: int, most: int) -> tuple[tuple[int, int], ...]:
    if length <= most:
        return ((0, length),)
    count = math.ceil((length - REPEATED) / (most - REPEATED))
    step = (length - most) / (count - 1)
    return tuple((round(n * step), round(n * step) + most) for n in range(count))
