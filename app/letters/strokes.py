"""A signature drawn with finger or mouse: lines of points in a box of 1000 x 400. Pure."""

import json
from itertools import pairwise
from math import dist

WIDTH, HEIGHT = 1000, 400  # units of the signature pad
MAX_STROKES, MAX_POINTS = 200, 6000  # fixed: of a signature; a name has forty
MIN_LENGTH = 150  # of all lines together, because a stray touch is no signature

Stroke = list[tuple[int, int]]


class NoSignature(ValueError):
    """These are not the lines of a signature."""


def parse_strokes(text: str) -> list[Stroke]:
    """`[[[x, y], …], …]`, whole numbers inside the box. Raises NoSignature."""
    strokes = _lines_of(text)
    if sum(dist(a, b) for stroke in strokes for a, b in pairwise(stroke)) < MIN_LENGTH:
        raise NoSignature("too short")
    return strokes


def is_readable(text: str) -> bool:
    """Whether these are lines at all, even if too short for a signature."""
    try:
        return bool(_lines_of(text))
    except NoSignature:
        return False


def _lines_of(text: str) -> list[Stroke]:
    try:
        raw = json.loads(text)
        strokes = [[(_within(x, WIDTH), _within(y, HEIGHT)) for x, y in stroke] for stroke in raw]
    except (ValueError, TypeError, RecursionError):
        raise NoSignature(text[:20]) from None
    if len(strokes) > MAX_STROKES or sum(map(len, strokes)) > MAX_POINTS:
        raise NoSignature("too many points")
    return strokes


def _within(value: object, limit: int) -> int:
    if type(value) is not int or not 0 <= value <= limit:
        raise ValueError(value)
    return value
