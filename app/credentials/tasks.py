from datetime import timedelta

from flask import Flask

from app.core import background
from app.credentials import service

EVERY = timedelta(minutes=10)


def register(app: Flask) -> None:
    background.register(app, "credentials.drop_old_numbers", EVERY.total_seconds(), service.drop_old_typed_codes)
