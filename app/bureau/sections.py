"""The sections of the bureau's pages, by the rights that open them."""

from datetime import datetime

from flask_babel import LazyString
from flask_babel import lazy_gettext as _l

from app.core import clock
from app.staff.policy import Right
from app.staff.visitor import current_staff

_SECTIONS: tuple[tuple[tuple[Right, ...], str, LazyString], ...] = (
    ((), "/bureau", _l("首页")),
    ((Right.decide_cases,), "/bureau/cases", _l("审核")),
    ((Right.find_citizens,), "/bureau/calls", _l("来电")),
    ((Right.serve_at_counter,), "/bureau/counter", _l("窗口")),
    ((Right.manage_roster,), "/bureau/roster", _l("名册")),
    ((Right.manage_institutions, Right.approve_keys), "/bureau/institutions", _l("机构")),
    ((Right.manage_content,), "/bureau/content", _l("内容")),
    ((Right.read_dashboard,), "/bureau/figures", _l("数据")),
    ((Right.read_audit,), "/bureau/audit", _l("审计")),
    ((Right.see_alarms,), "/bureau/alarms", _l("警报")),
    ((Right.manage_staff,), "/bureau/staff", _l("人员")),
    ((Right.approve_roles, Right.approve_keys, Right.manage_roster), "/bureau/approvals", _l("复核")),
    ((Right.set_risk_rules,), "/bureau/risk-rules", _l("规则")),
    ((Right.see_script_errors,), "/bureau/script-errors", _l("网页故障")),
)


def bureau_sections() -> list[tuple[str, str]]:
    """(address, name) of every section the member's roles open, in the order of the bar."""
    return [(href, str(name)) for rights, href, name in _SECTIONS if not rights or any(map(current_staff.may, rights))]


def clock_seconds(moment: datetime) -> str:
    """`10:32:05`, for moments that matter only for a minute or so."""
    return f"{clock.local(moment):%H:%M:%S}"


def moment_seconds(moment: datetime) -> str:
    """`2026-11-22 10:32:05`, which aligns in a table."""
    return f"{clock.local(moment):%Y-%m-%d %H:%M:%S}"
