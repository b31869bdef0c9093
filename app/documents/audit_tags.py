"""The audit tags of this feature, and the sentences that describe them."""

from flask_babel import lazy_gettext as _l

from app.core.audit.tags import AuditTag, tag


class DocumentTag(AuditTag, group="papers", nouns={"documents": _l("材料")}):
    """What the audit log says of documents."""

    received = tag("document:received", _l("上传了材料"))
    refused = tag("document:refused", _l("上传的材料没有收下"))
    viewed = tag("document:viewed", _l("看了一页材料"), own=_l("看了您交的材料"))
    removed = tag("document:removed", _l("删除了材料"))
    expired = tag("document:expired", _l("材料到期删除"))
    swept = tag("document:swept", _l("清理了没有主人的文件"))
