"""The settings: typed, bounded and described beside each field, read from the environment and two files.

`flask config list` prints them; docs/settings.md is made from them.
"""

from app.config.choices import JobRunner, Mode, Separation
from app.config.loading import SECRETS_FILE, load_settings
from app.config.settings import Settings, SettingsError

__all__ = [
    "SECRETS_FILE",
    "JobRunner",
    "Mode",
    "Separation",
    "Settings",
    "SettingsError",
    "load_settings",
]
