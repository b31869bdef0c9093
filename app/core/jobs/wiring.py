from flask import Flask

from app.core import background
from app.core.jobs.running import sweep

SWEEP_SECONDS = 30.0  # fixed: a lost job waits a minute and a half at most


def register(app: Flask) -> None:
    background.register(app, "jobs.sweep", SWEEP_SECONDS, sweep)
