"""Casts for what the types of Flask and Werkzeug leave open, in one place."""

from collections.abc import Callable
from typing import Any, TypeVar, cast
from wsgiref.types import WSGIApplication

from flask import Flask
from flask.blueprints import BlueprintSetupState
from werkzeug.local import LocalProxy

Meant = TypeVar("Meant")


def standing_for(find: Callable[[], Meant]) -> Meant:
    """A name that modules can import; at each use it stands for what `find` returns at that moment."""
    return cast(Meant, LocalProxy(find))


def itself(proxy: Meant) -> Meant:
    """The object behind such a name, `current_app` or `request`, for code that outlives the context or is called too often to pay
    for the proxy."""
    return cast(Meant, cast(Any, proxy)._get_current_object())


def app_of(state: BlueprintSetupState) -> Flask:
    return cast(Flask, state.app)


def put_before(app: Flask, layer: Callable[[WSGIApplication], WSGIApplication]) -> None:
    """Makes the layer the outermost one: it gets requests first and passes them on to the layer that got them before."""
    setattr(app, "wsgi_app", layer(app.wsgi_app))  # noqa: B010
