"""激活: how many persons have a credential, compared with the target (S61, S62) and by region; where people give up activating."""

from datetime import date

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from app.core import clock
from app.core.settings import settings
from app.figures.boards.parts import Board, Chart, Stat, compare, number, over_time, ranked, share
from app.figures.charts import Point, draw_bars, draw_line
from app.figures.models import Figure
from app.figures.queries import Counts

DAYS = (Figure.activated, Figure.ended)
KEYS = (Figure.activated, Figure.step, Figure.gave_up, Figure.step_refused)
BY_REGION = (Figure.activated,)

STEPS = {
    "started": _l("填写身份信息"),
    "found": _l("在名册里找到"),
    "consented": _l("同意告知"),
    "proved": _l("证明是本人"),
    "completed": _l("设好密码，激活完成"),
}
LEFT_AT = {
    "person": _l("填写身份信息"),
    "consent": _l("告知与同意"),
    "proof": _l("证明是本人"),
    "pin": _l("设置展码密码"),
}
REFUSALS = {
    "person_not_found": _l("姓名和号码对不上名册"),
    "region_missing": _l("没有选参保地"),
    "region_differs": _l("参保地选得不对"),
    "insured_suspended": _l("参保暂停"),
    "insured_ended": _l("参保终止"),
    "insured_moved": _l("参保已转出"),
    "insured_died": _l("登记已离世"),
    "guardian_needed": _l("不满 14 周岁，要监护人办"),
    "credential_frozen": _l("已经挂失"),
    "account_taken": _l("手机号已给另一个人用"),
    "already_active": _l("已经激活过"),
}


def living(counts: Counts, region: str | None = None) -> int:
    """Persons with a credential now: the number this morning, plus today's changes. For a region: the number this morning."""
    today = counts.coverage.last
    base = counts.stands(Figure.living, region=region)
    if region is not None:
        return base
    return base + counts.on(Figure.activated, today) - counts.on(Figure.ended, today)


def build_activations(counts: Counts) -> Board:
    held = counts.by_key.get((Figure.activated.value, "held"), 0)
    stats = [total_stat(counts), new_stat(counts, _("其中家人代开 %(count)s", count=number(held)) if held else "")]
    if goal := goal_stat(counts):
        stats.append(goal)
    charts = [
        over_time(counts, "new", _("新激活"), Figure.activated, _("人"), (_("停用"), Figure.ended)),
        _growth(counts),
        _regions(counts),
    ]
    return Board(tuple(stats), tuple(charts))


def build_steps(counts: Counts) -> Board:
    steps = counts.keys_of(Figure.step)
    found, completed = steps.get("found", 0), steps.get("completed", 0)
    open_drafts = counts.stands(Figure.draft_open)
    stats = (
        Stat(_("找到本人"), number(found), (_("在名册里找到的人，一人一天算一次"),)),
        Stat(_("激活完成"), number(completed), (_("占找到本人的 %(share)s", share=share(completed, found)),)),
        Stat(_("现在还没办完"), number(open_drafts), (_("填了一半的内容保留 %(days)d 天", days=settings.draft_days),)),
    )
    standing = [(str(label), counts.stands(Figure.draft_open, key)) for key, label in LEFT_AT.items()]
    left = [(str(label), counts.by_key.get((Figure.gave_up.value, key), 0)) for key, label in LEFT_AT.items()]
    refused = [(str(REFUSALS.get(code, code)), value) for code, value in counts.keys_of(Figure.step_refused).items()]
    return Board(
        stats,
        (
            _funnel(counts, steps),
            ranked("left", _("在哪一步放弃"), _("步骤"), left, _("次"), none=_("这段时间没有人中途放弃。")),
            ranked("open", _("还没办完的，停在哪一步"), _("步骤"), standing, _("份"), none=_("现在没有办了一半的激活。")),
            ranked("refused", _("为什么不能激活"), _("原因"), refused, _("次"), none=_("这段时间没有人被拒绝。")),
        ),
    )


def total_stat(counts: Counts) -> Stat:
    insured, total = counts.stands(Figure.insured), living(counts)
    note = _("占参保人 %(share)s（%(insured)s 人）", share=share(total, insured), insured=number(insured))
    return Stat(_("有医保码的人"), number(total), (note,) if insured else ())


def new_stat(counts: Counts, note: str = "") -> Stat:
    notes = [note] if note else []
    return Stat(
        _("新激活"),
        number(counts.total(Figure.activated)),
        (*notes, compare(counts, lambda span: counts.total(Figure.activated, span))),
    )


def goal_stat(counts: Counts) -> Stat | None:
    """Progress towards the bureau's target. Only for members who see all regions: the target is not divided among regions."""
    goal = settings.activation_target
    if not goal or not counts.sees_all:
        return None
    total = living(counts)
    if total >= goal:
        return Stat(_("目标"), number(goal), (_("已经达到"),))
    notes = [_("完成 %(share)s，还差 %(count)s", share=share(total, goal), count=number(goal - total))]
    if settings.activation_target_on:
        until = date.fromisoformat(settings.activation_target_on)
        days = (until - clock.today()).days
        if days > 0:
            pace = number(-(-(goal - total) // days))
            notes.append(_("到 %(day)s 还有 %(days)d 天，每天要 %(pace)s", day=until.isoformat(), days=days, pace=pace))
        else:
            notes.append(_("期限 %(day)s 已经过了", day=until.isoformat()))
    return Stat(_("目标"), number(goal), tuple(notes), is_late=days <= 0 if settings.activation_target_on else False)


def _growth(counts: Counts) -> Chart:
    """The total of each day, computed backwards from the present one, so that daily totals need not be stored."""
    total = living(counts)
    points: list[Point] = []
    rows: list[tuple[str, int]] = []
    for day in sorted((day for day in counts.span if day >= counts.coverage.first), reverse=True):
        points.append(Point(f"{day.month}/{day.day}", max(0, total)))
        rows.append((day.isoformat(), max(0, total)))
        total -= counts.on(Figure.activated, day) - counts.on(Figure.ended, day)
    points.reverse()
    goal = settings.activation_target if counts.sees_all else 0
    about = _("还只有一天，明天起可以看到走势。")
    if len(points) > 1:
        about = _("从 %(first)s 人到 %(last)s 人。", first=number(points[0].value), last=number(points[-1].value))
    has_line = len(points) > 1 and bool(points[-1].value or goal)
    return Chart(
        "total",
        _("有医保码的人"),
        about,
        "line",
        draw_line(points, goal=goal, goal_text=_("目标 %(count)s", count=number(goal))) if has_line else None,
        (_("日期"), _("人数")),
        tuple(rows),
        note=_("虚线是目标。") if has_line and goal else "",
    )


def _regions(counts: Counts) -> Chart:
    codes = sorted({code for name, code, _key in counts.standing if name == Figure.insured.value})
    rows = []
    for code in codes:
        insured, total = counts.stands(Figure.insured, region=code), living(counts, code)
        new = counts.by_region.get((Figure.activated.value, code), 0)
        rows.append((counts.names.get(code, code), insured, total, new))
    rows.sort(key=lambda row: -row[2] / max(1, row[1]))
    drawing = None
    about = _("名册里还没有参保人。")
    if rows:
        bars = [(name, round(1000 * total / max(1, insured)), share(total, insured)) for name, insured, total, _new in rows]
        drawing = draw_bars(bars, whole=1000)
        about = _("各参保地都还没有人有医保码。")
        if rows[0][2]:
            about = _("参保人里有医保码的比例，最高的是%(name)s（%(share)s）。", name=rows[0][0], share=bars[0][2])
    return Chart(
        "regions",
        _("各参保地"),
        about,
        "bars",
        drawing,
        (_("参保地"), _("参保人"), _("有医保码"), _("比例"), _("新激活")),
        tuple((name, insured, total, share(total, insured), new) for name, insured, total, new in rows),
        note=_("人数是今天零点的。"),
    )


def _funnel(counts: Counts, steps: dict[str, int]) -> Chart:
    """Persons at each step. The first step is shown only for all regions: a person not found in the roster has no region."""
    shown = [key for key in STEPS if key != "started" or counts.sees_all]
    first = steps.get(shown[0], 0)
    rows, bars = [], []
    for number_, key in enumerate(shown, 1):
        value = steps.get(key, 0)
        after = steps.get(shown[number_], 0) if number_ < len(shown) else value
        rows.append((f"{number_}. {STEPS[key]}", value, share(value, first), max(0, value - after)))
        bars.append((f"{number_}. {STEPS[key]}", value, f"{number(value)} · {share(value, first)}"))
    worst = max(rows, key=lambda row: row[3])
    about = _("这段时间没有人激活。")
    if first:
        about = _("没有走完的人里，最多停在“%(step)s”之后（%(count)s 人）。", step=worst[0], count=number(worst[3]))
        about = about if worst[3] else _("开始了的人都走完了。")
    return Chart(
        "steps",
        _("激活的每一步"),
        about,
        "bars",
        draw_bars(bars, whole=first) if first else None,
        (_("步骤"), _("人数"), _("占第一步"), _("到此为止")),
        tuple(rows),
        note=_("一个人一天算一次；隔天接着办的人，两天各算一次。"),
    )
