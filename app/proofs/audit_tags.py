"""The audit tags of this feature, and the sentences that describe them."""

from flask_babel import lazy_gettext as _l

from app.core.audit.tags import AuditTag, tag


class ProofTag(AuditTag, group="codes", nouns={"counter_code": _l("窗口核验码"), "proof": _l("核验")}):
    face_started = tag("proof:face_started", _l("开始人脸识别"))
    face_unavailable = tag("proof:face_unavailable", _l("人脸识别连不上"))
    passed = tag("proof:passed", _l("身份核验通过"))
    failed = tag("proof:failed", _l("身份核验没有通过"))
    spent = tag("proof:spent", _l("用掉了一次身份核验"))
    counter_code_issued = tag("counter_code:issued", _l("窗口开了激活码"), own=_l("在窗口开了您的激活码"))
