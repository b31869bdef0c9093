"""Reads of institutions and their keys; `register` and `operators` hold further reads."""

from app.institutions.queries.institutions import find_institution as find_institution
from app.institutions.queries.institutions import get_institution as get_institution
from app.institutions.queries.institutions import list_institutions as list_institutions
from app.institutions.queries.institutions import list_live_keys as list_live_keys
from app.institutions.queries.operators import find_operator as find_operator
from app.institutions.queries.operators import get_operator as get_operator
from app.institutions.queries.operators import list_operators as list_operators
from app.institutions.queries.register import PAGE as PAGE
from app.institutions.queries.register import get_grant as get_grant
from app.institutions.queries.register import get_seen as get_seen
from app.institutions.queries.register import is_live as is_live
from app.institutions.queries.register import list_acts as list_acts
from app.institutions.queries.register import list_keys as list_keys
from app.institutions.queries.register import list_notes_on_keys as list_notes_on_keys
from app.institutions.queries.register import list_open_grants as list_open_grants
from app.institutions.queries.register import list_page as list_page
from app.institutions.queries.register import regions_seen as regions_seen
