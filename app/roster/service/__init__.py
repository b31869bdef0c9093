"""The verbs of the roster; the only writer of its tables."""

from app.roster.service.imports import ImportMode, ImportResult, Refusal, import_roster
from app.roster.service.persons import save_person

__all__ = ["ImportMode", "ImportResult", "Refusal", "import_roster", "save_person"]
