"""The bureau's reminders to its staff: numbers that nobody has rung for long, and a year without its days off."""

from datetime import timedelta

from flask_babel import gettext as _
from sqlalchemy import select

from app.bureau.models import Reminder
from app.core import clock
from app.core.db import db, transaction
from app.core.settings import settings
from app.regions.queries import list_unchecked_hotlines
from app.reviews.queries import find_missing_year
from app.staff.queries import list_active
from app.staff.rights import Right, has_right
from app.staff.service import post_staff_message

HOTLINES, HOLIDAYS = "hotlines", "holidays"


@transaction()
def remind_of_content() -> int:
    """Reminds everybody who may change it, every `hotline_remind_days` until it is done. Returns the number of messages."""
    sent = 0
    if (count := len(list_unchecked_hotlines())) and _is_due(HOTLINES):
        sent += _tell(
            _("有电话该核对了"),
            _("有 %(count)d 个咨询电话很久没有人核对。请拨打后点“已拨打核对”。", count=count),
            "/bureau/content/hotlines",
        )
    if (year := find_missing_year()) and _is_due(HOLIDAYS):
        sent += _tell(
            _("请录入放假通知"),
            _("还没有核对 %(year)d 年的放假安排，承诺时间会算错。", year=year),
            f"/bureau/content/holidays/{year}",
        )
    return sent


def _is_due(what: str) -> bool:
    """Whether the last reminder is `hotline_remind_days` old, or there was none; if so, notes that one is sent now."""
    known = db.session.scalar(select(Reminder).where(Reminder.what == what).with_for_update())
    if known is None:
        db.session.add(Reminder(what=what, said_at=clock.now()))
        return True
    if known.said_at > clock.now() - timedelta(days=settings.hotline_remind_days):
        return False
    known.said_at = clock.now()
    return True


def _tell(title: str, body: str, href: str) -> int:
    members = [m for m in list_active() if has_right(m.roles, Right.manage_content)]
    for member in members:
        post_staff_message(member.id, title, body, href=href)
    return len(members)
