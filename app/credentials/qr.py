"""The QR symbol of a code: version 2, level M, numeric, with a fixed mask.

With length and mask fixed, each module is a sum over GF(2) of the data bits (the Reed-Solomon code is linear too). So segno draws
once the symbol of all zeros and one symbol per data bit; the symbol of a code is the XOR of these, some 40 XORs of 650-bit numbers
instead of a whole drawing. The quiet zone is four modules, as ISO/IEC 18004 requires.
"""

import re
from functools import lru_cache

import segno

VERSION = 2  # 63 digits at level M fill it (contract 4)
SIDE = 25  # modules of version 2
QUIET = 4  # modules around it (ISO/IEC 18004)
MASK = 3  # any mask decodes; searching for the prettiest costs four times the drawing
_STRIDE = SIDE + 1  # one light module after each row keeps runs from crossing into the next
_HALF = 5  # modules of an alignment pattern
_RUN = re.compile("1+")


def modules_of(digits: str) -> int:
    """The symbol as a number: row by row, dark is 1, each row followed by one 0. digits: 61 or 63 of them."""
    symbol, tables = _tables(len(digits))
    for i, (low, high) in enumerate(tables):
        value = int(digits[3 * i : 3 * i + 3])
        symbol ^= low[value & 31] ^ high[value >> _HALF]
    return symbol


def path_of(digits: str) -> str:
    """The dark modules as an SVG path to be stroked one unit wide, in a box of 33 x 33 that includes the quiet zone."""
    bits = f"{modules_of(digits):0{SIDE * _STRIDE}b}"
    return "".join([_strokes[run.span()] for run in _RUN.finditer(bits)])


class _Strokes(dict[tuple[int, int], str]):
    """The piece of path for each run of dark modules; there are only a few thousand, so each string is built once and kept."""

    def __missing__(self, span: tuple[int, int]) -> str:
        y, x = divmod(span[0], _STRIDE)
        stroke = self[span] = f"M{x + QUIET} {y + QUIET}.5h{span[1] - span[0]}"
        return stroke


_strokes = _Strokes()


@lru_cache(maxsize=2)
def _tables(length: int) -> tuple[int, list[tuple[list[int], list[int]]]]:
    """The symbol of all zeros, and for each group of three digits the changes made by its five low and its five high bits."""
    zeros = "0" * length
    base = _draw(zeros)
    tables = []
    for start in range(0, length, 3):
        width = len(zeros[start : start + 3])
        bits = 10 if width == 3 else 4
        changes = [
            base ^ _draw(zeros[:start] + f"{1 << bit:0{width}d}" + zeros[start + width :]) if 1 << bit < 10**width else 0
            for bit in range(bits)
        ]
        tables.append((_sums(changes[:_HALF]), _sums(changes[_HALF:])))
    return base, tables


def _sums(changes: list[int]) -> list[int]:
    sums = [0]
    for change in changes:
        sums += [known ^ change for known in sums]
    return sums


def _draw(digits: str) -> int:
    symbol = segno.make(digits, version=VERSION, mode="numeric", error="m", mask=MASK, micro=False, boost_error=False)
    return int("".join("".join(map(str, row)) + "0" for row in symbol.matrix), 2)
