"""概况: the few numbers that matter, each compared with the span before."""

from flask_babel import gettext as _

from app.figures.boards import activations, protection, reviews, scans
from app.figures.boards.parts import Board, Stat, number, over_time, stat_of
from app.figures.models import Figure
from app.figures.queries import Counts

DAYS = (Figure.activated, Figure.ended, Figure.scan, Figure.scan_refused, Figure.denied)
KEYS = (Figure.working_time, Figure.in_time)


def build_overview(counts: Counts) -> Board:
    in_time, half, _most = reviews.promise_stats(counts)
    late = counts.stands(Figure.late)
    stats = [activations.total_stat(counts), activations.goal_stat(counts), activations.new_stat(counts)]
    stats += [stat_of(counts, _("扫码成功"), Figure.scan), scans.refused_stat(counts), in_time, half]
    waiting = number(counts.stands(Figure.waiting))
    stats.append(Stat(_("等着审核"), waiting, (_("已经超时 %(count)s 件", count=number(late)),), is_late=late > 0))
    stats += [protection.frozen_stat(counts), protection.denied_stat(counts)]
    return Board(
        tuple(stat for stat in stats if stat is not None),
        (
            over_time(counts, "new", _("新激活"), Figure.activated, _("人"), (_("停用"), Figure.ended)),
            over_time(counts, "scans", _("扫码成功"), Figure.scan, _("次"), (_("拒绝"), Figure.scan_refused)),
        ),
    )
