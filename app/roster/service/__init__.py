"""The verbs of the roster; the only writer of its tables."""

from app.roster.service.checking import check_roster, note_checked, remarks_on
from app.roster.service.folding import fold_names
from app.roster.service.imports import ImportMode, ImportResult, Refusal, import_roster
from app.roster.service.persons import save_person
from app.roster.service.searching import expire_searches, search_document, search_name
from app.roster.service.seeing import Seen
from app.roster.service.statuses import change_status, on_status_changed
from app.roster.service.undoing import forget_formers, require_undoable, undo_import
from app.roster.service.uploads import (
    Receiving,
    discard_upload,
    expire_uploads,
    ignored_columns_of,
    keep_upload,
    note_applied,
    reading_upload,
    require_applicable,
)

__all__ = [
    "ImportMode",
    "ImportResult",
    "Receiving",
    "Refusal",
    "Seen",
    "change_status",
    "check_roster",
    "discard_upload",
    "expire_searches",
    "expire_uploads",
    "fold_names",
    "forget_formers",
    "ignored_columns_of",
    "import_roster",
    "keep_upload",
    "note_applied",
    "note_checked",
    "on_status_changed",
    "reading_upload",
    "remarks_on",
    "require_applicable",
    "require_undoable",
    "save_person",
    "search_document",
    "search_name",
    "undo_import",
]
