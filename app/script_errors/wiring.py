from flask import Flask

from app.core import background
from app.script_errors import service


def register(app: Flask) -> None:
    background.register(app, "script_errors.drop_old", 3600, service.drop_old_script_errors)
