from flask import Flask

from app.core import background
from app.core.keys.sweeping import Sweeper

EVERY_SECONDS = 1.0  # fixed: a fifth of this time is spent working while there is something to re-encrypt


def register(app: Flask) -> None:
    background.register(app, "encrypt anew", EVERY_SECONDS, Sweeper().take_turn)
