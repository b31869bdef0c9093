"""HSTS on every response in production: pages, JSON, scripts, pictures, 304, refusals, and what is answered before Flask."""

from collections.abc import Callable, Iterable
from typing import Any
from wsgiref.types import StartResponse

from flask import Flask

from app.core.flask_types import put_before

HEADER = ("Strict-Transport-Security", "max-age=31536000; includeSubDomains")


def install(app: Flask) -> None:
    """Adds the outermost layer, so it is called after all features. The demo is plain HTTP."""
    if app.config["SETTINGS"].has_https:
        put_before(app, StrictTransport)


class StrictTransport:
    def __init__(self, next_app: Callable[[dict[str, Any], StartResponse], Iterable[bytes]]) -> None:
        self._next = next_app

    def __call__(self, environ: dict[str, Any], start_response: StartResponse) -> Iterable[bytes]:
        def start(status: str, headers: list[tuple[str, str]], exc_info: Any = None, /) -> Any:
            return start_response(status, [*headers, HEADER], exc_info)

        return self._next(environ, start)
