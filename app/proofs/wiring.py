from flask import Flask

from app.core import background
from app.core.database.after_restore import on_restored
from app.proofs.service import count_what_stays, tidy_proofs


def register(app: Flask) -> None:
    on_restored.listen(app, count_what_stays)
    background.register(app, "tidy proofs", 3600, tidy_proofs)
