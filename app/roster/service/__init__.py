"""The acts of the roster; the only writer of its tables."""

from app.roster.service.checking import check_roster as check_roster
from app.roster.service.checking import note_checked as note_checked
from app.roster.service.checking import remarks_on as remarks_on
from app.roster.service.folding import fold_names as fold_names
from app.roster.service.imports import ImportMode as ImportMode
from app.roster.service.imports import ImportResult as ImportResult
from app.roster.service.imports import Refusal as Refusal
from app.roster.service.imports import import_roster as import_roster
from app.roster.service.persons import save_person as save_person
from app.roster.service.preview import Preview as Preview
from app.roster.service.searching import expire_searches as expire_searches
from app.roster.service.searching import search_document as search_document
from app.roster.service.searching import search_name as search_name
from app.roster.service.statuses import change_status as change_status
from app.roster.service.statuses import on_status_changed as on_status_changed
from app.roster.service.undoing import forget_formers as forget_formers
from app.roster.service.undoing import require_undoable as require_undoable
from app.roster.service.undoing import undo_import as undo_import
from app.roster.service.uploads import Receiving as Receiving
from app.roster.service.uploads import discard_upload as discard_upload
from app.roster.service.uploads import expire_uploads as expire_uploads
from app.roster.service.uploads import ignored_columns_of as ignored_columns_of
from app.roster.service.uploads import keep_upload as keep_upload
from app.roster.service.uploads import note_applied as note_applied
from app.roster.service.uploads import reading_upload as reading_upload
from app.roster.service.uploads import require_applicable as require_applicable
