from flask import Flask

from app.core import background
from app.proofs.service import tidy_proofs


def register(app: Flask) -> None:
    background.register(app, "tidy proofs", 3600, tidy_proofs)
