"""The settings: each field has a type, bounds and a description; values are read from the environment and two files.

`flask config list` prints the settings; docs/settings.md is generated from them.
"""

from app.config.choices import JobRunner as JobRunner
from app.config.choices import Mode as Mode
from app.config.choices import Separation as Separation
from app.config.loading import SECRETS_FILE as SECRETS_FILE
from app.config.loading import load_settings as load_settings
from app.config.settings import Settings as Settings
from app.config.settings import SettingsError as SettingsError
