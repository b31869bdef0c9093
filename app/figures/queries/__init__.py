"""Reads: the day's numbers out of the big tables (`counting`), and out of the small one what a page shows (`daily`)."""

from app.figures.queries.counting import Tally, first_day_of_log, tally_day
from app.figures.queries.daily import Counts, Coverage, find_coverage, load_counts
from app.figures.queries.standing import tally_morning, tally_now

__all__ = [
    "Counts",
    "Coverage",
    "Tally",
    "find_coverage",
    "first_day_of_log",
    "load_counts",
    "tally_day",
    "tally_morning",
    "tally_now",
]
