"""The verbs of regions, offices and their telephone numbers. The only writer of their tables."""

from app.regions.service.hotlines import (
    add_hotline,
    change_hotline,
    check_hotline,
    correct_hotline,
    move_hotline,
    note_hotline_rung,
    remove_hotline,
)
from app.regions.service.loading import DATA, load_regions, load_shipped_regions, shipped_cities
from app.regions.service.offices import add_agency, change_agency, move_agency, restore_agency, retire_agency
from app.regions.service.places import add_region, change_region, restore_region, retire_region

__all__ = [
    "DATA",
    "add_agency",
    "add_hotline",
    "add_region",
    "change_agency",
    "change_hotline",
    "change_region",
    "check_hotline",
    "correct_hotline",
    "load_regions",
    "load_shipped_regions",
    "move_agency",
    "move_hotline",
    "note_hotline_rung",
    "remove_hotline",
    "restore_agency",
    "restore_region",
    "retire_agency",
    "retire_region",
    "shipped_cities",
]
