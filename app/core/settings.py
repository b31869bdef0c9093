"""The settings of the running app, for rooms that must not know the request."""

from flask import current_app
from werkzeug.local import LocalProxy

from app.config import Settings

settings: Settings = LocalProxy(lambda: current_app.config["SETTINGS"])  # type: ignore[assignment]
