"""The audit tags of this feature, and the sentences that describe them."""

from flask_babel import lazy_gettext as _l

from app.core.audit.tags import AuditTag, tag


class StaffJobTag(AuditTag, group="audit", nouns={"report": _l("报表")}):
    """What the audit log says of staff jobs."""

    asked = tag("report:asked", _l("要了一份报表"))
    finished = tag("report:finished", _l("报表做好了"))
    failed = tag("report:failed", _l("报表没有做成"))
    downloaded = tag("report:downloaded", _l("下载了报表"))
