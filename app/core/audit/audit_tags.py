"""The audit tags of this feature, and the sentences that describe them."""

from flask_babel import lazy_gettext as _l

from app.core.audit.tags import AuditTag, tag


class LogTag(
    AuditTag,
    group="audit",
    nouns={"audit": _l("日志"), "cli": _l("命令行"), "system": _l("系统"), "unknown": _l("不明"), "visitor": _l("没有登录的人")},
    outcomes={
        "refused": _l("被拒绝"),
        "missed": _l("没有查到"),
        "failed": _l("没有成功"),
        "started": _l("开始"),
        "removed": _l("删除"),
    },
):
    """What the log says of those who read it."""

    searched = tag("audit:searched", _l("查了操作日志"), own=_l("查了关于您的操作日志"))
    opened = tag("audit:opened", _l("看了一条操作日志"), own=_l("看了一条关于您的操作日志"))
    exported = tag("audit:exported", _l("导出了操作日志"), own=_l("导出了关于您的操作日志"))
    verified = tag("audit:verified", _l("核验了操作日志"))
