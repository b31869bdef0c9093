"""Scans as the holders of the codes see them; `scan` and `risk` hold further reads."""

from app.scanning.queries.uses import find_place_of_scan as find_place_of_scan
from app.scanning.queries.uses import list_uses as list_uses
