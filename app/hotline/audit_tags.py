"""The audit tags of this feature, and the sentences that describe them."""

from flask_babel import lazy_gettext as _l

from app.core.audit.tags import AuditTag, tag


class HotlineTag(
    AuditTag,
    group="hotline",
    nouns={"call": _l("来电"), "search": _l("查找"), "unfreezing": _l("解除挂失")},
    outcomes={"nothing": _l("没有可以挂失的")},
):
    """What the audit log says of calls."""

    searched = tag("hotline:searched", _l("查找参保人"))
    alarm = tag("hotline:alarm", _l("查不到的次数太多，停止了查询"), is_alarm=True)
    call_opened = tag("hotline:call_opened", _l("打开了来电"), own=_l("查看了您的信息，接听来电"))
    caller_verified = tag("hotline:caller_verified", _l("核对了来电人"), own=_l("在电话里核对了您的身份"))
    caller_doubted = tag("hotline:caller_doubted", _l("来电人没有核对上"), own=_l("在电话里没有核对上身份，没有办理"))
    frozen = tag("hotline:frozen", _l("按来电挂失"))
    device_unbound = tag("hotline:device_unbound", _l("按来电移除了设备"), own=_l("按来电移除了您的一台设备"))
    link_unbound = tag("hotline:link_unbound", _l("按来电解绑了家人"), own=_l("按来电解除了一位家人的绑定"))
    message_sent = tag("hotline:message_sent", _l("给参保人留言"), own=_l("给您留言"))
    unfreezing_asked = tag("hotline:unfreezing_asked", _l("请同事恢复使用"), own=_l("请同事恢复您的医保码"))
    unfreezing_confirmed = tag("hotline:unfreezing_confirmed", _l("第二人确认恢复使用"))
    unfreezing_refused = tag("hotline:unfreezing_refused", _l("第二人没有同意恢复使用"), own=_l("没有同意恢复您的医保码"))
    call_back_opened = tag("hotline:call_back_opened", _l("打开了预约的回电"), own=_l("查看了您预约的回电"))
    denial_opened = tag("hotline:denial_opened", _l("打开了“不是我”的一件"), own=_l("查看了您说的“不是我”"))
    refused = tag("hotline:refused", _l("自己或家人的事，没有让办"))
