"""Marks a request that is answered without the database, so that code which builds the frame of a page makes no query.

The visitor is forgotten then, because using a row that was read before would read it again.
"""

from collections.abc import Callable

from flask import Flask, current_app, g, has_app_context


def is_away() -> bool:
    """Whether the answer to this request is made without the database."""
    return has_app_context() and bool(g.get("is_store_away"))


def begin() -> None:
    """From here on the rest of this request is answered without the database."""
    g.is_store_away = True
    for forget in _hooks(current_app):
        forget()


def on_away(app: Flask, forget: Callable[[], None]) -> None:
    """`forget()` makes the visitor a stranger for the rest of the request."""
    _hooks(app).append(forget)


def _hooks(app: Flask) -> list[Callable[[], None]]:
    found: list[Callable[[], None]] = app.extensions.setdefault("store_away", [])
    return found
