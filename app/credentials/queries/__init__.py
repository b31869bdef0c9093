"""Reads of credentials and what shows them; each other module of this folder has its own."""

from app.credentials.queries.credentials import (
    Shown,
    count_active_of,
    count_used_ahead,
    find_credential_of,
    find_own,
    find_presentation,
    find_shown_credential,
    find_typed_code,
    get_credential,
    was_shown_on,
)

__all__ = [
    "Shown",
    "count_active_of",
    "count_used_ahead",
    "find_credential_of",
    "find_own",
    "find_presentation",
    "find_shown_credential",
    "find_typed_code",
    "get_credential",
    "was_shown_on",
]
