"""Short ways past Flask's request, for the few addresses that are asked all the time (ADR 16, ADR 46).

A way stands innermost, behind what proxies and the site's own address have been judged by. It answers, or returns None: then Flask
is asked as if there were none. Hooks before and after a request do not see what it answers.
"""

from collections.abc import Callable, Iterable
from typing import Any
from wsgiref.types import StartResponse

from flask import Flask

Environ = dict[str, Any]
ShortWay = Callable[[Environ, StartResponse], Iterable[bytes] | None]
_KEPT = "short_ways"


def offer(app: Flask, method: str, path: str, way: ShortWay) -> None:
    app.extensions.setdefault(_KEPT, {})[method, path] = way


def take(app: Flask, environ: Environ, start_response: StartResponse) -> Iterable[bytes] | None:
    """What the address's short way answers; None where there is none or it leaves the answer to Flask."""
    ways: dict[tuple[str, str], ShortWay] = app.extensions.get(_KEPT, {})
    way = ways.get((environ["REQUEST_METHOD"], environ["PATH_INFO"]))
    return way(environ, start_response) if way is not None else None
