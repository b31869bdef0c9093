from flask import Flask

from app.core import background
from app.proofs.service import abandon_stale_proofs


def register(app: Flask) -> None:
    background.register(app, "abandon stale proofs", 3600, abandon_stale_proofs)
