"""The audit tags of this feature, and the sentences that describe them."""

from flask_babel import lazy_gettext as _l

from app.core.audit.tags import AuditTag, tag


class PasskeyTag(AuditTag, group="accounts", nouns={"passkey": _l("通行密钥")}):
    added = tag("passkey:added", _l("添加了一个通行密钥"), own=_l("添加了一个通行密钥"))
    removed = tag("passkey:removed", _l("删除了一个通行密钥"))
    refused = tag("passkey:refused", _l("通行密钥没有通过"))
