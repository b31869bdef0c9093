"""The audit tags of this feature, and the sentences that describe them."""

from flask_babel import lazy_gettext as _l

from app.core.audit.tags import AuditTag, tag


class KeysTag(AuditTag, group="staff", nouns={"secret": _l("密钥")}):
    """What the audit log says of the secrets."""

    rotated = tag("keys:rotated", _l("换了一把系统密钥"))
    dropped = tag("keys:dropped", _l("停用了一把旧的系统密钥"))
