"""What the desk does in the background."""

from flask import Flask

from app.bureau import service
from app.core import background


def register(app: Flask) -> None:
    background.register(app, "bureau.expire", 3600, service.expire_searches)
