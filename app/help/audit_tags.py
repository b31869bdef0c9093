"""The audit tags of this feature, and the sentences that describe them."""

from flask_babel import lazy_gettext as _l

from app.core.audit.tags import AuditTag, tag


class HelpTag(AuditTag, group="content", nouns={"help": _l("帮助")}):
    """What the audit log says of help texts."""

    saved = tag("help:saved", _l("改了帮助的草稿"))
    published = tag("help:published", _l("发布了帮助"))
    withdrawn = tag("help:withdrawn", _l("撤下了帮助"))
    restored = tag("help:restored", _l("把帮助恢复成以前的样子"))
