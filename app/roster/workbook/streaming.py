"""Reads XML in pieces: each element is handed on and forgotten, so that memory does not grow with the size of the part."""

from collections.abc import Callable, Iterator
from typing import IO
from xml.parsers import expat

from .wire import Refused

_BLOCK_BYTES = 64 << 10
_MOST_DEEP = 100  # fixed: a workbook's parts have about a dozen levels
_MOST_PENDING = 4 << 20  # fixed: bytes of one tag or text that has not ended; a cell holds 32,767 characters
_NAMES_KEPT = 500  # of tags; a sheet has some dozen


class Ended(Exception):
    """Raised by a handler that needs no more of the part."""


class LocalNames(dict[str, str]):
    """A cache of names without their namespace prefix."""

    def __missing__(self, name: str) -> str:
        local = name.rpartition(":")[2]
        if len(self) < _NAMES_KEPT:
            self[name] = local
        return local


def read_xml(
    part: IO[bytes],
    start: Callable[[str, dict[str, str]], None],
    end: Callable[[str], None],
    text: Callable[[str], None] | None = None,
) -> Iterator[int]:
    """Calls the handlers with local names and yields after each block how many bytes were read.

    Raises Refused: `unreadable` if it is no XML, `too_large` for sizes that no real workbook has.
    """
    parser = _bounded_parser(start, end, text)
    fed = 0
    try:
        while block := part.read(_BLOCK_BYTES):
            parser.Parse(block, False)
            fed += len(block)
            if fed - max(0, parser.CurrentByteIndex) > _MOST_PENDING:
                raise Refused("too_large")
            yield fed
        parser.Parse(b"", True)
    except Ended:
        pass
    except expat.ExpatError as error:
        raise Refused("too_large" if error.code == expat.errors.codes["out of memory"] else "unreadable") from None
    yield fed


def _bounded_parser(
    start: Callable[[str, dict[str, str]], None], end: Callable[[str], None], text: Callable[[str], None] | None
) -> expat.XMLParserType:
    """A parser that calls the handlers, and refuses elements that are nested too deep and any document type declaration."""
    parser = expat.ParserCreate()
    names, depth = LocalNames(), 0

    def on_start(name: str, attributes: dict[str, str]) -> None:
        nonlocal depth
        depth += 1
        if depth > _MOST_DEEP:
            raise Refused("too_large")
        start(names[name], attributes)

    def on_end(name: str) -> None:
        nonlocal depth
        depth -= 1
        end(names[name])

    def on_doctype(*_declared: object) -> None:
        raise Refused("unreadable")  # a workbook declares none (ECMA-376 part 2), and XML bombs need entities

    parser.StartElementHandler, parser.EndElementHandler = on_start, on_end
    parser.StartDoctypeDeclHandler = on_doctype
    if text is not None:
        parser.buffer_text = True
        parser.CharacterDataHandler = text
    return parser
