from flask import Flask

from app.core import background
from app.core.audit.sealing import Sealer

SEAL_EVERY_SECONDS = 2  # fixed: what is not sealed yet can be deleted unseen


def register(app: Flask) -> None:
    background.register(app, "seal the audit log", SEAL_EVERY_SECONDS, Sealer().take_turn)
