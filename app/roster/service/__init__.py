"""The verbs of the roster; the only writer of its tables."""

from app.roster.service.persons import save_person

__all__ = ["save_person"]
