"""The audit tags of this feature, and the sentences that describe them."""

from flask_babel import lazy_gettext as _l

from app.core.audit.tags import AuditTag, tag


class CounterTag(AuditTag, group="counter", nouns={"counter_scan": _l("窗口扫码"), "visit": _l("窗口办理")}):
    """What the audit log says of the counter."""

    scanned = tag("counter:scanned", _l("在窗口扫了医保码"))
    visit_opened = tag("counter:visit_opened", _l("在窗口核对了证件原件"))
    letter_issued = tag("counter:letter_issued", _l("在窗口打印了核验码"))
    slip_issued = tag("counter:slip_issued", _l("在窗口开了纸质码"))
    family_bound = tag("counter:family_bound", _l("在窗口绑定了家人"))
    family_authorised = tag("counter:family_authorised", _l("在窗口记下了本人同意"))
