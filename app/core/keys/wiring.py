from flask import Flask

from app.core import background
from app.core.keys.sweeping import Sweeper

EVERY_SECONDS = 1.0  # fixed: a fifth of which is worked, while there is something to write anew


def register(app: Flask) -> None:
    background.register(app, "encrypt anew", EVERY_SECONDS, Sweeper().take_turn)
