"""What the staff feature does in the background."""

from flask import Flask

from app.core import background
from app.staff import service


def register(app: Flask) -> None:
    background.register(app, "staff.expire", 3600, service.expire)
