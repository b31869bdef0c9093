"""Settings of the bureau's own pages: hotline, counter, reviews, figures."""

from dataclasses import dataclass

from app.config.fields import text, whole
from app.config.grammar import DAY, WORKING_HOURS


@dataclass(frozen=True, kw_only=True, init=False, repr=False, eq=False)  # Settings makes these once for all
class DeskSettings:
    """Hotline, counter, reviews, figures."""

    hotline_check_days: int = whole(
        90,
        7,
        365,
        "days",
        "A hotline number that nobody has rung for so long is to be checked.",
        "热线号码多少天没有拨打核对即提醒核对。",
    )
    hotline_remind_days: int = whole(
        7, 1, 60, "days", "How long until staff are reminded again of numbers to check.", "多少天后再次提醒核对热线号码。"
    )
    hotline_misses_per_hour: int = whole(
        10,
        3,
        60,
        "searches an hour",
        "Searches of one agent that find nobody; then an alarm and an hour without searching.",
        "一名坐席每小时几次查无此人即告警，并停查一小时。",
    )
    hotline_call_minutes: int = whole(
        30,
        10,
        60,
        "minutes",
        "How long a call and what was found in it stay open; later the caller is asked again.",
        "一通来电及查到的人多少分钟内有效，过后须重新核对来电人。",
    )
    hotline_unfreeze_hours: int = whole(
        24,
        1,
        72,
        "hours",
        "How long a request to lift a freeze by telephone waits for a second agent.",
        "电话解除挂失的申请，多少小时内要由第二名坐席确认。",
    )
    counter_visit_minutes: int = whole(
        30,
        10,
        60,
        "minutes",
        "How long a person's matter stays open at the counter; later the person is identified again.",
        "窗口一次办事多少分钟内有效，过后须重新核对证件。",
    )
    activation_target: int = whole(
        0,
        1,
        100_000_000,
        "persons",
        "How many persons with a credential the bureau has set out to reach (S61, S62).",
        "本局的激活目标人数。",
        zero="no target has been set",
        zero_zh="没有定目标",
    )
    activation_target_on: str = text("", "By which day, such as 2026-12-31.", "目标完成日期，如 2026-12-31。", grammar=DAY)
    review_hours: str = text(
        "09:00-12:00,13:00-17:00",
        "The hours of a working day, Chinese time, in which promises are counted.",
        "工作日的上班时间（北京时间），审核时限按此计算。",
        grammar=WORKING_HOURS,
    )
    review_promise_hours: int = whole(
        14, 1, 200, "working hours", "A decision is due after so many working hours.", "审核应在多少个工作小时内办结。"
    )
    review_claim_minutes: int = whole(
        20, 5, 120, "minutes", "How long a case stays with the reviewer who took it.", "审核员领取的申请保留多少分钟。"
    )
    review_undo_seconds: int = whole(
        60,
        10,
        600,
        "seconds",
        "How long a decision can be taken back before it takes effect.",
        "审核决定后多少秒内可以撤回。",
        zero="decisions take effect at once",
        zero_zh="立即生效，不能撤回",
    )
    paper_minutes: int = whole(
        5,
        1,
        15,
        "minutes",
        "How long the page that prints a slip or a letter can be opened again.",
        "打印纸质码或信件的页面多少分钟内可以再打开。",
    )
    records_months: int = whole(
        36,
        12,
        120,
        "months",
        "How far back people can read the records about themselves.",
        "本人可以查看多少个月以内的记录。",
    )
    script_error_keep_days: int = whole(
        90, 7, 365, "days", "How long the count of a script's faults is kept.", "网页脚本错误的计数保留多少天。"
    )
