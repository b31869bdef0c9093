"""The audit tags of this feature, and the sentences that describe them."""

from flask_babel import lazy_gettext as _l

from app.core.audit.tags import AuditTag, tag


class StaffTag(
    AuditTag, group="staff", nouns={"staff": _l("工作人员"), "staff_passkey": _l("通行密钥"), "staff_session": _l("工作人员登录")}
):
    """What the audit log says of staff."""

    added = tag("staff:added", _l("新增了工作人员"))
    password_wrong = tag("staff:password_wrong", _l("工作人员的密码不对"))
    factor_wrong = tag("staff:factor_wrong", _l("工作人员的动态码不对"))
    locked = tag("staff:locked", _l("工作人员的登录锁住了"), is_alarm=True)
    released = tag("staff:released", _l("解开了锁住的登录"))
    factor_enrolled = tag("staff:factor_enrolled", _l("设好了验证器"))
    signed_in = tag("staff:signed_in", _l("工作人员登录"))
    signed_out = tag("staff:signed_out", _l("工作人员退出"))
    session_ended = tag("staff:session_ended", _l("结束了一处登录"))
    password_set = tag("staff:password_set", _l("设了新密码"))
    roles_changed = tag("staff:roles_changed", _l("改了岗位"))
    agency_changed = tag("staff:agency_changed", _l("换了单位"))
    disabled = tag("staff:disabled", _l("停用了工作人员"))
    enabled = tag("staff:enabled", _l("重新启用了工作人员"))
    reset = tag("staff:reset", _l("重置了工作人员的登录"))
    half_shown = tag("staff:half_shown", _l("看了一次性密码的后一半，交给本人"))
    sessions_ended = tag("staff:sessions_ended", _l("结束了工作人员的所有登录"))
    second_changed = tag("staff:second_changed", _l("换了第二责任人"))
    person_linked = tag("staff:person_linked", _l("登记了工作人员本人的参保信息"))
    passkey_added = tag("staff:passkey_added", _l("工作人员添加了通行密钥"))
    passkey_removed = tag("staff:passkey_removed", _l("工作人员删除了通行密钥"))
    refused = tag("staff:refused", _l("想打开岗位不允许的页面"), is_alarm=True)


class ApprovalTag(AuditTag, group="staff", nouns={"approval": _l("复核")}):
    """What the audit log says of acts that need four eyes."""

    asked = tag("approval:asked", _l("请第二人批准"))
    approved = tag("approval:approved", _l("批准了同事的申请"))
    refused = tag("approval:refused", _l("没有批准同事的申请"))
    withdrawn = tag("approval:withdrawn", _l("撤回了要批准的申请"))
    expired = tag("approval:expired", _l("要批准的申请过期了"))
