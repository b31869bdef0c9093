"""The audit tags of this feature, and the sentences that describe them."""

from flask_babel import lazy_gettext as _l

from app.core.audit.tags import AuditTag, tag


class ScanTag(AuditTag, group="scans", outcomes={"repeated": _l("重复的请求，答复相同")}):
    scanned = tag("scan:attempted", _l("扫了医保码"), own=_l("扫了您的医保码"))
    sandbox_code_drawn = tag("sandbox:code_drawn", _l("取了测试用的码"))
    call_refused = tag("api:refused", _l("调用接口被拒绝"))
    guesses_numbers = tag("institution:guesses_numbers", _l("机构在猜十二位数字码"), group="institutions", is_alarm=True)
