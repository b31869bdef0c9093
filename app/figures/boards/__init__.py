"""The pages of figures: which counted numbers each page reads, and how it shows them."""

from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import timedelta

from flask_babel import LazyString
from flask_babel import lazy_gettext as _l

from app.core import clock
from app.core.errors import NotFound
from app.figures import queries
from app.figures.boards import activations, families, overview, protection, reviews, scans
from app.figures.boards.parts import Board, Chart
from app.figures.models import Figure
from app.figures.periods import RANGES as RANGES
from app.figures.periods import Span, span_of
from app.figures.queries import Counts, Coverage

STALE = timedelta(hours=1)  # fixed: the job runs every ten minutes


@dataclass(frozen=True)
class Page:
    """title: the heading. about: what the page shows. days, keys, by_region: the figures it reads, by how they are summed."""

    title: LazyString
    about: LazyString
    build: Callable[[Counts], Board]
    days: tuple[Figure, ...] = ()
    keys: tuple[Figure, ...] = ()
    by_region: tuple[Figure, ...] = ()
    with_institutions: bool = False


PAGES: dict[str, Page] = {
    "overview": Page(_l("数据"), _l("要紧的几个数"), overview.build_overview, overview.DAYS, overview.KEYS),
    "activations": Page(
        _l("激活"),
        _l("多少人有医保码，离目标还差多少，各参保地怎么样"),
        activations.build_activations,
        activations.DAYS,
        activations.KEYS,
        activations.BY_REGION,
    ),
    "steps": Page(_l("激活步骤"), _l("大家在哪一步放弃，为什么不能激活"), activations.build_steps, keys=activations.KEYS),
    "reviews": Page(_l("审核用时"), _l("有没有按承诺的时间办完"), reviews.build_reviews, reviews.DAYS, reviews.KEYS),
    "scans": Page(
        _l("扫码"), _l("各机构扫了多少，办什么事，为什么拒绝"), scans.build_scans, scans.DAYS, scans.KEYS, with_institutions=True
    ),
    "protection": Page(_l("挂失和来电"), _l("挂失、“不是我”和热线"), protection.build_protection, protection.DAYS, protection.KEYS),
    "families": Page(_l("亲情账户"), _l("家人之间的绑定"), families.build_families, families.DAYS),
}


@dataclass(frozen=True)
class Shown:
    """is_first_day: there is no earlier day to compare with. is_stale: the figures were not counted for `STALE`."""

    coverage: Coverage
    span: Span
    board: Board
    is_first_day: bool
    is_stale: bool


def get_page(name: str) -> Page:
    if name not in PAGES:
        raise NotFound
    return PAGES[name]


def show(name: str, days: int, regions: Collection[str]) -> Shown | None:
    """A page for these regions; None if nothing was counted yet. days: one of RANGES."""
    page, coverage = get_page(name), queries.find_coverage()
    if coverage is None:
        return None
    span = span_of(days, clock.today())
    counts = queries.load_counts(
        coverage, span, regions, days=page.days, keys=page.keys, by_region=page.by_region, with_institutions=page.with_institutions
    )
    is_stale = clock.now() - coverage.as_of > STALE
    return Shown(coverage, span, page.build(counts), coverage.first >= clock.today(), is_stale)


def get_chart(shown: Shown, chart_id: str) -> Chart:
    found = next((chart for chart in shown.board.charts if chart.id == chart_id), None)
    if found is None:
        raise NotFound
    return found
