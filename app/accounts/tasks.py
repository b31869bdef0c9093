"""What the accounts feature does in the background."""

from flask import Flask

from app.accounts import service
from app.core import background


def register(app: Flask) -> None:
    background.register(app, "accounts.expire", 3600, service.expire)
    background.register(app, "accounts.tell_of_new_notices", 60, service.tell_of_new_notices)
