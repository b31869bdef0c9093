"""The settings of the running app, for rooms that must not know the request."""

from flask import current_app

from app.config import Settings
from app.core.flask_types import standing_for

settings: Settings = standing_for(lambda: current_app.config["SETTINGS"])
