"""The audit tags of this feature, and the sentences that describe them."""

from flask_babel import lazy_gettext as _l

from app.core.audit.tags import AuditTag, tag


class ReviewTag(
    AuditTag,
    group="reviews",
    nouns={"case": _l("审核"), "holiday": _l("放假安排"), "holiday_year": _l("节假日"), "review": _l("审核")},
    outcomes={
        "approve": _l("通过"),
        "return": _l("退回补正"),
        "reject": _l("不予通过"),
        "approved": _l("通过"),
        "returned": _l("退回补正"),
        "rejected": _l("不予通过"),
        "first_approval": _l("第一人通过"),
    },
):
    """What the audit log says of reviews."""

    opened = tag("review:opened", _l("收到一件申请"))
    claimed = tag("review:claimed", _l("领取了一件审核"))
    released = tag("review:released", _l("放回了一件审核"))
    decided = tag("review:decided", _l("作了审核决定"))
    undone = tag("review:undone", _l("撤回了审核决定"))
    settled = tag("review:settled", _l("审核决定生效"))
    resubmitted = tag("review:resubmitted", _l("申请人补正后重新提交"))
    appealed = tag("review:appealed", _l("申请人要求复核"))
    withdrawn = tag("review:withdrawn", _l("申请人撤回"))
    letter_viewed = tag("review:letter_viewed", _l("看了承诺书"), own=_l("看了您签的承诺书"))
    refused = tag("review:refused", _l("不能办的审核，没有让办"))
    holidays_changed = tag("review:holidays_changed", _l("改了放假安排"), group="content")
