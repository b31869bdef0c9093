"""What the messages feature does in the background."""

from flask import Flask

from app.core import background
from app.messages import service


def register(app: Flask) -> None:
    background.register(app, "messages.expire_demo_sms", 3600, service.expire_demo_sms)
