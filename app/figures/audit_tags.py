"""The audit tags of this feature, and the sentences that describe them."""

from flask_babel import lazy_gettext as _l

from app.core.audit.tags import AuditTag, tag


class FigureTag(AuditTag, group="audit", nouns={"figures": _l("数据")}):
    exported = tag("figures:exported", _l("导出了统计数据"))
