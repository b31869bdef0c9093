"""What a citizen reads about themselves: the same acts in their words. An act that says nothing to them has no sentence here.

Where one thing leaves several rows (a freeze by telephone is a call, a report and a frozen code), one of them speaks.
"""

from flask_babel import LazyString
from flask_babel import lazy_gettext as _l

from app.accounts.models import AccountTag
from app.activation.models import ActivationTag
from app.core.audit import AuditTag
from app.credentials.policy import CredentialTag
from app.documents.models import DocumentTag
from app.family.policy import FamilyTag
from app.hotline.models import HotlineTag
from app.mutual_aid.policy import MutualAidTag
from app.passkeys.models import PasskeyTag
from app.proofs.models import ProofTag
from app.reviews.models import ReviewTag
from app.roster.models import RosterTag
from app.scanning.policy import ScanTag

OWN: dict[str, LazyString] = {
    ScanTag.scanned: _l("扫了您的医保码"),
    CredentialTag.activated: _l("激活了您的医保码"),
    CredentialTag.frozen: _l("挂失了您的医保码"),
    CredentialTag.unfrozen: _l("恢复了您的医保码"),
    CredentialTag.ended: _l("停用了您的医保码"),
    CredentialTag.taken_over: _l("把您的医保码转到了本人的账号"),
    CredentialTag.pin_changed: _l("改了展码密码"),
    CredentialTag.pin_locked: _l("展码密码输错太多，锁住了"),
    CredentialTag.pin_guessed: _l("展码密码连续输错太多，移除了那台设备"),
    CredentialTag.use_denied: _l("说有一次使用不是本人"),
    CredentialTag.denial_settled: _l("查过了您说的“不是我”"),
    CredentialTag.tags_forged: _l("发现有人多次出示核对不上的码，停用了那台设备的码"),
    CredentialTag.slip_issued: _l("开了一张您的纸质凭条"),
    CredentialTag.slip_revoked: _l("作废了您的纸质凭条"),
    ActivationTag.rebinding_requested: _l("申请让一台新设备出示医保码"),
    ActivationTag.rebinding_done: _l("绑定了一台新设备，可以出示您的医保码"),
    ActivationTag.rebinding_cancelled: _l("取消了新设备的申请"),
    ActivationTag.pin_reset: _l("重设了展码密码"),
    ProofTag.counter_code_issued: _l("在窗口开了您的激活码"),
    AccountTag.signed_in: _l("登录"),
    AccountTag.phone_changed: _l("更换了手机号"),
    AccountTag.phone_lost: _l("用您的手机号登录了另一个账号"),
    AccountTag.consent_given: _l("同意了一份告知书"),
    AccountTag.consent_withdrawn: _l("撤回了一项同意"),
    PasskeyTag.added: _l("添加了一个通行密钥"),
    FamilyTag.link_made: _l("添加了绑定，可以出示您的医保码"),
    FamilyTag.link_renewed: _l("续期了绑定，可以继续出示您的医保码"),
    FamilyTag.link_ended: _l("解除了绑定，不再能出示您的医保码"),
    FamilyTag.member_frozen: _l("替您报了挂失"),
    FamilyTag.call_done: _l("给您打了回电"),
    MutualAidTag.authorised: _l("授权家人使用您的个人账户"),
    MutualAidTag.revoked: _l("取消了家人使用您的个人账户"),
    DocumentTag.viewed: _l("看了您交的材料"),
    ReviewTag.letter_viewed: _l("看了您签的承诺书"),
    HotlineTag.call_opened: _l("查看了您的信息，接听来电"),
    HotlineTag.caller_verified: _l("在电话里核对了您的身份"),
    HotlineTag.caller_doubted: _l("在电话里没有核对上身份，没有办理"),
    HotlineTag.device_unbound: _l("按来电移除了您的一台设备"),
    HotlineTag.link_unbound: _l("按来电解除了一位家人的绑定"),
    HotlineTag.message_sent: _l("给您留言"),
    HotlineTag.unfreezing_asked: _l("请同事恢复您的医保码"),
    HotlineTag.unfreezing_refused: _l("没有同意恢复您的医保码"),
    HotlineTag.call_back_opened: _l("查看了您预约的回电"),
    HotlineTag.denial_opened: _l("查看了您说的“不是我”"),
    RosterTag.person_added: _l("把您登记进参保名册"),
    RosterTag.person_changed: _l("改了您在参保名册里的信息"),
    AuditTag.searched: _l("查了关于您的操作日志"),
    AuditTag.opened: _l("看了一条关于您的操作日志"),
    AuditTag.exported: _l("导出了关于您的操作日志"),
}
OWN_TAGS = tuple(str(tag) for tag in OWN)


def own_sentence_of(tag: str) -> str:
    return str(OWN[tag])
