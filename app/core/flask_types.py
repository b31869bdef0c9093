"""What the types of Flask and Werkzeug leave open, said in one place."""

from collections.abc import Callable
from typing import Any, TypeVar, cast
from wsgiref.types import WSGIApplication

from flask import Flask
from flask.blueprints import BlueprintSetupState
from werkzeug.local import LocalProxy

Meant = TypeVar("Meant")


def standing_for(find: Callable[[], Meant]) -> Meant:
    """A name that modules can import and that means, at each use, what `find` returns then."""
    return cast(Meant, LocalProxy(find))


def itself(proxy: Meant) -> Meant:
    """What such a name, `current_app` or `request` means now, for what outlives this context or is too busy for the detour."""
    return cast(Meant, cast(Any, proxy)._get_current_object())


def app_of(state: BlueprintSetupState) -> Flask:
    return cast(Flask, state.app)


def put_before(app: Flask, layer: Callable[[WSGIApplication], WSGIApplication]) -> None:
    """The layer gets requests first and hands them on to what got them before."""
    setattr(app, "wsgi_app", layer(app.wsgi_app))  # noqa: B010
