"""The audit tags of this feature, and the sentences that describe them."""

from flask_babel import lazy_gettext as _l

from app.core.audit.tags import AuditTag, tag


class FamilyTag(
    AuditTag,
    group="family",
    nouns={
        "call_back": _l("回电"),
        "family_invitation": _l("确认链接"),
        "family_link": _l("家人绑定"),
        "family_request": _l("家人申请"),
        "relative": _l("家人"),
    },
    outcomes={"no_answer": _l("没有人接")},
):
    request_begun = tag("family_request:begun", _l("开始添加家人"))
    stepped_up = tag("family_request:stepped_up", _l("添加家人前核验了本人"))
    member_found = tag("family_request:member_found", _l("核对了要添加的家人"))
    refused = tag("family_request:refused", _l("添加家人没有通过"))
    submitted = tag("family_request:submitted", _l("提交了添加家人的申请"))
    approved = tag("family_request:approved", _l("添加家人的申请通过"))
    rejected = tag("family_request:rejected", _l("添加家人的申请没有通过"))
    returned = tag("family_request:returned", _l("添加家人的申请退回补正"))
    withdrawn = tag("family_request:withdrawn", _l("撤回了添加家人的申请"))
    expired = tag("family_request:expired", _l("添加家人的申请过期"))
    appealed = tag("family_request:appealed", _l("对添加家人的结果提出复核"))
    invited = tag("family_invitation:made", _l("发出了确认链接"))
    invitation_used = tag("family_invitation:used", _l("在确认链接里同意"))
    invitation_refused = tag("family_invitation:refused", _l("在确认链接里不同意"))
    call_booked = tag("call_back:booked", _l("预约了医保局回电"))
    call_done = tag("call_back:done", _l("医保局打了回电"), own=_l("给您打了回电"))
    vouched = tag("family_request:vouched", _l("另一位亲属作了证明"))
    link_made = tag("family_link:made", _l("添加成为家人，可以出示医保码"), own=_l("添加了绑定，可以出示您的医保码"))
    link_renewed = tag("family_link:renewed", _l("续期了家人的绑定"), own=_l("续期了绑定，可以继续出示您的医保码"))
    link_ended = tag("family_link:ended", _l("解绑了家人"), own=_l("解除了绑定，不再能出示您的医保码"))
    link_used = tag("family_link:used", _l("家人出示了医保码"))
    member_frozen = tag("family_link:member_frozen", _l("家人挂失了医保码"), own=_l("替您报了挂失"))
    custody_disputed = tag("custody:disputed", _l("标记监护有争议"))
    custody_settled = tag("custody:settled", _l("取消监护争议的标记"))
