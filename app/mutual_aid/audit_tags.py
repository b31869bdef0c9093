"""The audit tags of this feature, and the sentences that describe them."""

from flask_babel import lazy_gettext as _l

from app.core.audit.tags import AuditTag, tag


class MutualAidTag(AuditTag, group="family", nouns={"mutual_aid": _l("家庭共济")}):
    authorised = tag("mutual_aid:authorised", _l("授权家人使用个人账户"), own=_l("授权家人使用您的个人账户"))
    revoked = tag("mutual_aid:revoked", _l("取消了家人使用个人账户的授权"), own=_l("取消了家人使用您的个人账户"))
    refused = tag("mutual_aid:refused", _l("家庭共济没有通过"))
