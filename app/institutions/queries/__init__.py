"""Reads of institutions and their keys; `register` and `operators` have their own."""

from app.institutions.queries.institutions import find_institution, get_institution, list_institutions, list_live_keys

__all__ = [
    "find_institution",
    "get_institution",
    "list_institutions",
    "list_live_keys",
]
