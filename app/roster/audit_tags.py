"""The audit tags of this feature, and the sentences that describe them."""

from flask_babel import lazy_gettext as _l

from app.core.audit.tags import AuditTag, tag


class RosterTag(
    AuditTag,
    group="roster",
    nouns={"person": _l("参保人"), "roster": _l("名册"), "roster_import": _l("名册导入"), "roster_upload": _l("名册文件")},
):
    person_added = tag("person:added", _l("名册新增一人"), own=_l("把您登记进参保名册"))
    person_changed = tag("person:changed", _l("名册改了一人的信息"), own=_l("改了您在参保名册里的信息"))
    imported = tag("roster:imported", _l("导入了参保名册"))
    uploaded = tag("roster:uploaded", _l("上传了名册文件"))
    upload_deleted = tag("roster:upload_deleted", _l("删除了上传的名册文件"))
    undone = tag("roster:undone", _l("撤销了一次名册导入"))
    searched = tag("roster:searched", _l("在名册里查找"))
    alarm = tag("roster:alarm", _l("在名册里查不到的次数太多"))
    status_changed = tag("person:status_changed", _l("改了参保状态"))
