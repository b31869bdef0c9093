"""Which source of the roster is in use."""

from app.config import Settings
from app.core.plugins import load_plugin
from app.roster.providers import GROUP, RosterSource, SourceFactory
from app.roster.providers.files import open_file
from app.roster.providers.http import open_http

BUILT_IN: dict[str, SourceFactory] = {"file": open_file, "http": open_http}


def open_source(settings: Settings, location: str = "", encoding: str = "") -> RosterSource:
    """A named file is read as a file; else the source the settings name. Raises SourceRefused and UnknownPlugin."""
    name = "file" if location else settings.roster_source
    return load_plugin(GROUP, name, BUILT_IN)(settings, location, encoding)
