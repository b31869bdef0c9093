"""The audit tags of this feature, and the sentences that describe them."""

from flask_babel import lazy_gettext as _l

from app.core.audit.tags import AuditTag, tag


class InstitutionTag(AuditTag, group="institutions", nouns={"institution": _l("机构"), "operator": _l("命令行")}):
    added = tag("institution:added", _l("新增了一家机构"))
    enabled = tag("institution:enabled", _l("启用了一家机构"))
    disabled = tag("institution:disabled", _l("停用了一家机构"))
    key_issued = tag("institution:key_issued", _l("给机构发了密钥"))
    changed = tag("institution:changed", _l("改了机构的名称、所在地或业务"))
    key_granted = tag("institution:key_granted", _l("复核通过了一个密钥"))
    key_ending = tag("institution:key_ending", _l("定了密钥停用的日子"))
    key_revoked = tag("institution:key_revoked", _l("作废了机构的密钥"))
    # a restore had kept the key off
    key_confirmed = tag("institution:key_confirmed", _l("确认机构的密钥可以再用"))
    operator_added = tag("operator:added", _l("添加了机构的经办人"))
    operator_reset = tag("operator:reset", _l("给经办人重发了一次性密码"))
    operator_disabled = tag("operator:disabled", _l("停用了机构的经办人"))
    operator_password_wrong = tag("operator:password_wrong", _l("经办人的密码不对"))
    operator_locked = tag("operator:locked", _l("经办人的登录锁住了"))
    operator_signed_in = tag("operator:signed_in", _l("经办人登录"))
    operator_signed_out = tag("operator:signed_out", _l("经办人退出"))
    operator_password_set = tag("operator:password_set", _l("经办人设了新密码"))
    operator_factor_set = tag("operator:factor_set", _l("经办人设好了第二步验证"))
    operator_factor_wrong = tag("operator:factor_wrong", _l("经办人的动态码不对"))
