"""What a member of staff finds at the desk, by right."""

from datetime import datetime

from flask_babel import gettext as _

from app.core import clock
from app.staff.policy import Right
from app.staff.visitor import current_staff


def bureau_sections() -> list[tuple[str, str]]:
    """(address, name) of every section the member's roles open, in the order of the bar."""
    sections = [(None, "/bureau", _("首页")), (Right.decide_cases, "/bureau/cases", _("审核"))]
    sections.append((Right.find_citizens, "/bureau/calls", _("来电")))
    return [(href, str(name)) for right, href, name in sections if right is None or current_staff.may(right)]


def clock_seconds(moment: datetime) -> str:
    """`10:32:05`, for what lasts a minute."""
    return f"{clock.local(moment):%H:%M:%S}"
