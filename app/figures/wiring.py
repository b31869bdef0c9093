"""Registers the count, which runs every ten minutes; a page says as of when its numbers are."""

from flask import Flask

from app.core import background
from app.figures import service


def register(app: Flask) -> None:
    background.register(app, "count figures", 600, service.count_due)
