"""The verbs of help texts: loaded with a release, written by staff. The only writer of their tables."""

from app.help.policy import check_content
from app.help.service.loading import CONTENT_FOLDER, load_help_texts
from app.help.service.writing import CHANGED_MEANWHILE, add_text, add_translation, restore_version, save_text, withdraw_text

__all__ = [
    "CHANGED_MEANWHILE",
    "CONTENT_FOLDER",
    "add_text",
    "add_translation",
    "check_content",
    "load_help_texts",
    "restore_version",
    "save_text",
    "withdraw_text",
]
