"""亲情账户: family links that were made and ended."""

from flask_babel import gettext as _

from app.figures.boards.parts import Board, Stat, number, over_time, stat_of
from app.figures.models import Figure
from app.figures.queries import Counts

DAYS = (Figure.link_made, Figure.link_ended)


def build_families(counts: Counts) -> Board:
    today = counts.coverage.last
    standing = counts.stands(Figure.links) + counts.on(Figure.link_made, today) - counts.on(Figure.link_ended, today)
    stats = (
        Stat(_("正在用的绑定"), number(standing), (_("一个人替一位家人出示"),)),
        stat_of(counts, _("新绑定"), Figure.link_made),
        stat_of(counts, _("解绑"), Figure.link_ended),
    )
    return Board(
        stats,
        (
            over_time(counts, "made", _("新绑定"), Figure.link_made, _("个"), (_("解绑"), Figure.link_ended)),
            over_time(counts, "ended", _("解绑"), Figure.link_ended, _("个")),
        ),
    )
