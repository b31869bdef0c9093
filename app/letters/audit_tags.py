"""The audit tags of this feature, and the sentences that describe them."""

from flask_babel import lazy_gettext as _l

from app.core.audit.tags import AuditTag, tag


class LetterTag(AuditTag, group="papers", nouns={"letter": _l("承诺书")}):
    """What the audit log says of letters."""

    prepared = tag("letter:prepared", _l("生成了承诺书"))
    signed = tag("letter:signed", _l("签了承诺书"))
