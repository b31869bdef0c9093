"""Reads of institutions and their keys; `register` and `operators` have their own."""

from app.institutions.queries.institutions import find_institution as find_institution
from app.institutions.queries.institutions import get_institution as get_institution
from app.institutions.queries.institutions import list_institutions as list_institutions
from app.institutions.queries.institutions import list_live_keys as list_live_keys
