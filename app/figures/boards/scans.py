"""扫码: what institutions scan, for which business, and why codes are refused."""

from flask_babel import gettext as _

from app.figures.boards.parts import Board, Chart, Stat, number, over_time, ranked, share, stat_of
from app.figures.models import Figure
from app.figures.queries import Counts
from app.institutions.business_types import BUSINESS_TYPES
from app.scanning.reasons import REASONS

DAYS = (Figure.scan, Figure.scan_refused)
KEYS = (Figure.scan, Figure.scene, Figure.scan_refused, Figure.refusal)
_SHOWN = 10


def build_scans(counts: Counts) -> Board:
    active = len(counts.keys_of(Figure.scan))
    stats = (
        stat_of(counts, _("扫码成功"), Figure.scan),
        refused_stat(counts),
        Stat(_("在用的机构"), number(active), (_("这段时间扫过码的"),)),
    )
    scenes = [(BUSINESS_TYPES.get(key, key), value) for key, value in counts.keys_of(Figure.scene).items()]
    reasons = [(f"{key} {_title_of(key)}", value) for key, value in counts.keys_of(Figure.refusal).items()]
    return Board(
        stats,
        (
            over_time(counts, "scans", _("扫码成功"), Figure.scan, _("次"), (_("拒绝"), Figure.scan_refused)),
            _institutions(counts),
            ranked("reasons", _("为什么拒绝"), _("原因"), reasons, _("次"), none=_("这段时间没有拒绝。")),
            ranked("scenes", _("办什么事"), _("用码业务"), scenes, _("次")),
        ),
    )


def refused_stat(counts: Counts) -> Stat:
    refused, accepted = counts.total(Figure.scan_refused), counts.total(Figure.scan)
    notes = [_("拒绝 %(count)s 次，要核对数字的不算", count=number(refused))]
    former = counts.span.former
    if counts.coverage.covers(former):
        was, all_ = counts.total(Figure.scan_refused, former), counts.total(Figure.scan, former)
        notes.append(_("前 %(days)d 天：%(text)s", days=counts.span.days, text=share(was, was + all_)))
    return Stat(_("拒绝率"), share(refused, refused + accepted), tuple(notes))


def _institutions(counts: Counts) -> Chart:
    """The busiest institutions by name; the others are summed in one row."""
    accepted, refused = counts.keys_of(Figure.scan), counts.keys_of(Figure.scan_refused)
    order = [*accepted, *(key for key in refused if key not in accepted)]
    named = [key for key in order if key in counts.institutions]
    chart = ranked(
        "institutions",
        _("各机构"),
        _("机构"),
        [(counts.institutions[key], accepted.get(key, 0)) for key in named],
        _("次"),
        shown=_SHOWN,
    )
    rows: list[tuple[str | int, ...]] = []
    for key in named:
        ok, not_ok = accepted.get(key, 0), refused.get(key, 0)
        rows.append((counts.institutions[key], ok, not_ok, share(not_ok, ok + not_ok)))
    rest = [key for key in order if key not in counts.institutions]
    if rest:
        ok, not_ok = (sum(found.get(key, 0) for key in rest) for found in (accepted, refused))
        rows.append((_("其他 %(count)d 家", count=len(rest)), ok, not_ok, share(not_ok, ok + not_ok)))
    return Chart(
        chart.id,
        chart.title,
        chart.about,
        "bars",
        chart.drawing,
        (_("机构"), _("成功"), _("拒绝"), _("拒绝率")),
        tuple(rows),
        note=chart.note,
    )


def _title_of(key: str) -> str:
    return REASONS[int(key)].title if int(key) in REASONS else ""
