from flask import Flask

from app.core import background
from app.core.audit.seal import seal_pending

SEAL_EVERY_SECONDS = 2


def register(app: Flask) -> None:
    background.register(app, "seal the audit log", SEAL_EVERY_SECONDS, seal_pending)
