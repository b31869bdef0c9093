"""Opens the roster source that is in use."""

from app.config import Settings
from app.core.plugins import load_plugin
from app.roster.providers import GROUP, RosterSource, SourceFactory
from app.roster.providers.files import open_file
from app.roster.providers.http import open_http

BUILT_IN: dict[str, SourceFactory] = {"file": open_file, "http": open_http}


def open_source(settings: Settings, location: str = "", encoding: str = "") -> RosterSource:
    """Opens the named file, or else the source named in the settings. Raises SourceRefused and UnknownPlugin."""
    name = "file" if location else settings.roster_source
    return load_plugin(GROUP, name, BUILT_IN)(settings, location, encoding)
