"""Reads of credentials and what shows them; each other module of this folder has its own."""

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
