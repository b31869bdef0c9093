"""Reads: a day's numbers from the big tables (`counting`, `standing`), and a page's numbers from the small one (`daily`)."""

from app.figures.queries.counting import Tally as Tally
from app.figures.queries.counting import first_day_of_log as first_day_of_log
from app.figures.queries.counting import tally_day as tally_day
from app.figures.queries.daily import Counts as Counts
from app.figures.queries.daily import Coverage as Coverage
from app.figures.queries.daily import find_coverage as find_coverage
from app.figures.queries.daily import load_counts as load_counts
from app.figures.queries.standing import tally_morning as tally_morning
from app.figures.queries.standing import tally_now as tally_now
