"""What the desk does in the background."""

from flask import Flask
from flask_babel import lazy_gettext as _l

from app.bureau import service
from app.bureau.models import HotlineTag
from app.bureau.service import roster
from app.core import background
from app.figures.service import count_calls
from app.reports.service import register_kind
from app.staff.rights import Right
from app.staff.service import describe_approval, on_approved

COUNTED = (
    HotlineTag.call_opened,
    HotlineTag.caller_verified,
    HotlineTag.caller_doubted,
    HotlineTag.frozen,
    HotlineTag.device_unbound,
    HotlineTag.link_unbound,
    HotlineTag.message_sent,
    HotlineTag.unfreezing_asked,
    HotlineTag.unfreezing_confirmed,
)


def register(app: Flask) -> None:
    on_approved(service.PUBLISHING, service.publish_approved)
    describe_approval(service.PUBLISHING, service.tell_approval)
    count_calls(COUNTED)
    register_kind(service.EXPORT, service.run_export, right=Right.read_audit, title=_l("导出操作日志"))
    register_kind(service.VERIFICATION, service.run_verification, right=Right.read_audit, title=_l("核验操作日志"))
    background.register(app, "bureau.remind_of_content", 3600, service.remind_of_content)
    for kind, run, title in (
        (roster.CHECK, roster.run_check, _l("核对名册")),
        (roster.APPLICATION, roster.run_application, _l("导入名册")),
        (roster.UNDOING, roster.run_undoing, _l("撤销导入")),
    ):
        register_kind(kind, run, right=Right.manage_roster, title=title)
    background.register(app, "bureau.expire", 3600, service.expire_searches)
    background.register(app, "bureau.expire_window", 3600, service.expire_window)
