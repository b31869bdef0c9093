"""The part of docs/operations.md that says the same as nginx's file, for operators who set up another proxy."""

from collections.abc import Iterator

from flask import Flask

from app.config import Settings
from app.core import bodies
from app.core.proxy import needs
from app.core.proxy.nginx import list_bodies

BEGIN = "<!-- Written by `flask proxy document` from app/core/proxy/needs.py: -->"
END = "<!-- so far. -->"


def write_chapter(app: Flask, settings: Settings) -> str:
    """Lines of Markdown between the two marks, which are part of it."""
    return "\n".join([BEGIN, *_lines(app, settings), END]) + "\n"


def put_into(document: str, chapter: str) -> str:
    """The document with its chapter replaced by this one. Raises ValueError when it holds none."""
    before, begin, rest = document.partition(BEGIN)
    _old, end, after = rest.partition(f"{END}\n")
    if not (begin and end):
        raise ValueError(f"the document does not hold {BEGIN}")
    return before + chapter + after


def _lines(app: Flask, settings: Settings) -> Iterator[str]:
    yield from ("", "| header | value | why |", "|---|---|---|")
    for header in needs.HEADERS:
        yield f"| `{header.name}` | {f'`{header.value}`' if header.value else 'taken away'} | {header.why} |"
    yield from ("", "| address | largest body | at once from one address | what it is |", "|---|---|---|---|")
    for body in list_bodies(app, settings):
        yield f"| `{body.path}` | {_size(body.largest)} | {body.at_once or 'any'} | {body.what} |"
    yield f"| everything else | {_size(bodies.ORDINARY)} | any | forms, pieces of a paper (`PATCH`) |"
    yield from ("", "| time-out | seconds | why |", "|---|---|---|")
    for timeout in needs.TIMEOUTS:
        yield f"| `{timeout.directive}` | {timeout.seconds} | {timeout.why} |"
    yield from ("", f"Not let through: {', '.join(f'`{path}`' for path in needs.CLOSED)}.", "")


def _size(largest: int) -> str:
    return f"{largest // bodies.MEGABYTE} MiB" if largest % bodies.MEGABYTE == 0 else f"{largest // 1024} KiB"
