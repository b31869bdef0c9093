"""The shared texts of a workbook in one buffer: as separate strings those of a million people would take half a gigabyte."""

import re
from array import array
from typing import IO

from .streaming import read_xml
from .wire import Refused

MOST_CHARS = 32_767  # fixed: what a cell can hold
_MOST_BYTES = 384 << 20  # fixed: of all texts; a million rows of eight columns have 70 MB
_MOST_TEXTS = 32 << 20  # fixed: of one workbook, four for each row a sheet can hold and more
_ESCAPE = re.compile("_x([0-9A-Fa-f]{4})_")
_SURROGATE = re.compile("[\ud800-\udfff]")


class Texts:
    """A read-only sequence of strings."""

    def __init__(self) -> None:
        self._ends = array("L", [0])
        self._bytes = bytearray()

    def fill(self, part: IO[bytes]) -> None:
        """Reads the texts; rich text is joined, and phonetic guides are left out. Raises Refused."""
        pieces: list[str] = []
        is_text, phonetic = False, 0
        bytes_, ends = self._bytes, self._ends

        def start(name: str, _attributes: dict[str, str]) -> None:
            nonlocal is_text, phonetic
            if name == "t":
                is_text = not phonetic
            elif name == "rPh":
                phonetic += 1

        def end(name: str) -> None:
            nonlocal is_text, phonetic
            if name == "t":
                is_text = False
            elif name == "si":
                bytes_.extend(exact("".join(pieces)).encode())
                ends.append(len(bytes_))
                pieces.clear()
            elif name == "rPh":
                phonetic -= 1

        def text(data: str) -> None:
            if is_text:
                pieces.append(data)
                if len(pieces) > MOST_CHARS:
                    raise Refused("too_large")

        for _fed in read_xml(part, start, end, text):
            if len(bytes_) > _MOST_BYTES or len(ends) > _MOST_TEXTS or sum(map(len, pieces)) > MOST_CHARS:
                raise Refused("too_large")

    def __getitem__(self, index: int) -> str:
        """Raises LookupError."""
        if not 0 <= index < len(self._ends) - 1:
            raise IndexError(index)
        return self._bytes[self._ends[index] : self._ends[index + 1]].decode()


def exact(text: str) -> str:
    """The text as it was typed: `_x000D_` stands for a character XML cannot hold, `_x005F_` for the underscore of a literal
    `_x…_` (ECMA-376 part 1, 22.9.2.19). Lone surrogates, which cannot be stored, become U+FFFD."""
    if "_x" not in text:
        return text
    text = _ESCAPE.sub(lambda found: chr(int(found[1], 16)), text)
    if _SURROGATE.search(text):
        text = text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
    return text
