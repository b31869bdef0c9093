"""Registers the background task that deletes old visits and scans of the counter."""

from flask import Flask

from app.core import background
from app.counter import service


def register(app: Flask) -> None:
    background.register(app, "counter.expire_visits", 3600, service.expire_visits)
