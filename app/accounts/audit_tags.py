"""The audit tags of this feature, and the sentences that describe them."""

from flask_babel import lazy_gettext as _l

from app.core.audit.tags import AuditTag, tag


class AccountTag(
    AuditTag,
    group="accounts",
    nouns={
        "account": _l("账号"),
        "consent": _l("同意书"),
        "device": _l("设备"),
        "notice": _l("法律文本"),
        "notice_draft": _l("法律文本的草稿"),
        "session": _l("登录"),
    },
):
    """What the audit log says of accounts."""

    sms_requested = tag("account:sms_requested", _l("要了短信验证码"))
    sms_refused = tag("account:sms_refused", _l("短信验证码没有发出或不对"))
    sms_flood = tag("account:sms_flood", _l("一小时内要短信的陌生人太多，先不再发"), is_alarm=True)
    signed_in = tag("account:signed_in", _l("登录"), own=_l("登录"))
    signed_out = tag("account:signed_out", _l("退出登录"))
    signed_out_everywhere = tag("account:signed_out_everywhere", _l("在所有设备上退出登录"))
    device_bound = tag("account:device_bound", _l("绑定了一台设备"))
    device_revoked = tag("account:device_revoked", _l("移除了一台设备"))
    phone_changed = tag("account:phone_changed", _l("更换了手机号"), own=_l("更换了手机号"))
    phone_lost = tag("account:phone_lost", _l("手机号给了别的账号"), own=_l("用您的手机号登录了另一个账号"))
    person_given = tag("account:person_given", _l("账号和参保人对应起来"))
    phone_confirmed = tag("account:phone_confirmed", _l("用短信确认了手机号"))
    consent_given = tag("account:consent_given", _l("同意了一份告知书"), own=_l("同意了一份告知书"))
    consent_withdrawn = tag("account:consent_withdrawn", _l("撤回了一项同意"), own=_l("撤回了一项同意"))
    notice_drafted = tag("notice:drafted", _l("起草了一份告知书"), group="content")
    notice_proposed = tag("notice:proposed", _l("把告知书交给同事看"), group="content")
    notice_dropped = tag("notice:dropped", _l("放弃了告知书的草稿"), group="content")
    notice_published = tag("notice:published", _l("发布了一份告知书"), group="content")
