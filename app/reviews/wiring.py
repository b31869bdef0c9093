"""Registers the background tasks of the reviews."""

from flask import Flask

from app.core import background
from app.reviews import service


def register(app: Flask) -> None:
    background.register(app, "reviews.settle", 3, service.settle_decisions)
    background.register(app, "reviews.release", 60, service.release_expired)
