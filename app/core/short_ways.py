"""Short ways past Flask's request handling, for the few addresses that are requested all the time (ADR 16, ADR 46).

A short way runs inside the middleware that checks proxies and the site's own address. It answers, or returns None to leave the
request to Flask. Hooks before and after a request do not run for what it answers.
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
    """The response of the short way for this address; None if there is no short way or it leaves the request to Flask."""
    ways: dict[tuple[str, str], ShortWay] = app.extensions.get(_KEPT, {})
    way = ways.get((environ["REQUEST_METHOD"], environ["PATH_INFO"]))
    return way(environ, start_response) if way is not None else None
