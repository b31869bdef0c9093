"""挂失与来电: frozen credentials, uses that were denied, calls at the hotline."""

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from app.figures.boards.parts import Board, Stat, compare, number, over_time, ranked, stat_of
from app.figures.models import Figure
from app.figures.queries import Counts

DAYS = (Figure.frozen, Figure.unfrozen, Figure.denied, Figure.denial_settled)
KEYS = (Figure.call,)

CALLS = {
    "call_opened": _l("接了电话"),
    "caller_verified": _l("核对了来电人"),
    "caller_doubted": _l("来电人没有核对上"),
    "frozen": _l("帮人挂失"),
    "device_unbound": _l("移除设备"),
    "link_unbound": _l("解绑家人"),
    "message_sent": _l("留言"),
    "unfreezing_asked": _l("申请恢复使用"),
    "unfreezing_confirmed": _l("第二人确认恢复"),
}


def build_protection(counts: Counts) -> Board:
    calls = counts.keys_of(Figure.call)
    opened, former = calls.get("call_opened", 0), counts.former_keys_of(Figure.call).get("call_opened", 0)
    stats = (
        frozen_stat(counts),
        stat_of(counts, _("新挂失"), Figure.frozen),
        denied_stat(counts),
        Stat(_("来电"), number(opened), (compare(counts, lambda span: opened if span == counts.span else former),)),
    )
    acts = [(str(CALLS.get(key, key)), value) for key, value in calls.items()]
    return Board(
        stats,
        (
            over_time(counts, "frozen", _("新挂失"), Figure.frozen, _("张"), (_("恢复使用"), Figure.unfrozen)),
            over_time(counts, "denied", _("“不是我”"), Figure.denied, _("次"), (_("已查清"), Figure.denial_settled)),
            ranked("calls", _("来电办了什么"), _("事项"), acts, _("次"), none=_("这段时间没有来电。")),
        ),
    )


def frozen_stat(counts: Counts) -> Stat:
    return Stat(_("挂失中"), number(counts.stands(Figure.frozen_now)), (_("现在不能用的医保码"),))


def denied_stat(counts: Counts) -> Stat:
    waiting = counts.stands(Figure.denial_open)
    notes = (_("还没查清 %(count)s 件", count=number(waiting)), compare(counts, lambda span: counts.total(Figure.denied, span)))
    return Stat(_("“不是我”"), number(counts.total(Figure.denied)), notes, is_late=waiting > 0)
