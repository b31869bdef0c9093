"""The audit tags of this feature, and the sentences that describe them."""

from flask_babel import lazy_gettext as _l

from app.core.audit.tags import AuditTag, tag


class ActivationTag(AuditTag, group="codes", nouns={"lost_report": _l("挂失")}):
    started = tag("activation:started", _l("开始激活"))
    person_found = tag("activation:person_found", _l("激活时核对了身份信息"))
    refused = tag("activation:refused", _l("激活没有通过"))
    consented = tag("activation:consented", _l("激活时同意了告知书"))
    proved = tag("activation:proved", _l("激活时核验了身份"))
    completed = tag("activation:completed", _l("完成了激活"))
    # outcome: the step it was left at
    discarded = tag("activation:discarded", _l("放弃了激活"))
    # outcome: as above
    expired = tag("activation:expired", _l("激活没有做完，过期了"))
    takeover_begun = tag("activation:takeover_begun", _l("申请把医保码转到自己的账号"))
    rebinding_requested = tag("rebinding:requested", _l("一台新设备申请出示医保码"), own=_l("申请让一台新设备出示医保码"))
    rebinding_done = tag("rebinding:done", _l("一台新设备可以出示医保码了"), own=_l("绑定了一台新设备，可以出示您的医保码"))
    rebinding_cancelled = tag("rebinding:cancelled", _l("取消了新设备的申请"), own=_l("取消了新设备的申请"))
    lost_reported = tag("lost:reported", _l("报告手机丢失"))
    lost_code_asked = tag("lost:code_asked", _l("挂失时要了短信验证码"))
    lost_code_wrong = tag("lost:code_wrong", _l("挂失时验证码不对"))
    restored = tag("lost:restored", _l("重新核验后恢复使用"))
    pin_reset_requested = tag("pin_reset:requested", _l("申请重设展码密码"))
    pin_reset_cancelled = tag("pin_reset:cancelled", _l("取消了重设展码密码"))
    pin_reset = tag("pin_reset:done", _l("重设了展码密码"), own=_l("重设了展码密码"))
