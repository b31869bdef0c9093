"""The verbs of the bureau's counter; the only writer of its tables."""

from app.counter.service.acts import (
    authorise_family,
    bind_family,
    give_letter,
    give_slip,
    needs_paper_consent,
    open_letter,
    replace_slip,
    revoke,
)
from app.counter.service.visits import enter, expire_visits, open_visit, search_document

__all__ = [
    "authorise_family",
    "bind_family",
    "enter",
    "expire_visits",
    "give_letter",
    "give_slip",
    "needs_paper_consent",
    "open_letter",
    "open_visit",
    "replace_slip",
    "revoke",
    "search_document",
]
