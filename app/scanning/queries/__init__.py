"""Scans as the holders of the codes see them; `scan` and `risk` have their own reads."""

from app.scanning.queries.uses import find_place_of_scan, list_uses

__all__ = [
    "find_place_of_scan",
    "list_uses",
]
