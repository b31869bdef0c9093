"""Reads of credentials and of what shows them; the other modules of this folder hold further reads."""

from app.credentials.queries.credentials import Shown as Shown
from app.credentials.queries.credentials import count_active_of as count_active_of
from app.credentials.queries.credentials import count_used_ahead as count_used_ahead
from app.credentials.queries.credentials import find_credential_of as find_credential_of
from app.credentials.queries.credentials import find_own as find_own
from app.credentials.queries.credentials import find_presentation as find_presentation
from app.credentials.queries.credentials import find_shown_credential as find_shown_credential
from app.credentials.queries.credentials import find_typed_code as find_typed_code
from app.credentials.queries.credentials import get_credential as get_credential
from app.credentials.queries.credentials import was_shown_on as was_shown_on
from app.credentials.queries.denials import DENIALS_PAGE as DENIALS_PAGE
from app.credentials.queries.denials import count_open_denials_in as count_open_denials_in
from app.credentials.queries.denials import get_denial_in as get_denial_in
from app.credentials.queries.denials import list_open_denials_in as list_open_denials_in
from app.credentials.queries.slips import SLIPS_PAGE as SLIPS_PAGE
from app.credentials.queries.slips import get_slip as get_slip
from app.credentials.queries.slips import has_open_slip as has_open_slip
from app.credentials.queries.slips import list_last_places as list_last_places
from app.credentials.queries.slips import list_slips_of_person as list_slips_of_person
from app.credentials.queries.slips import list_slips_today as list_slips_today
