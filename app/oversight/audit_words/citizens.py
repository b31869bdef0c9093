"""Sentences for what citizens do, and what happens to their codes. Who did it stands beside the sentence."""

from flask_babel import lazy_gettext as _l

from app.accounts.models import AccountTag
from app.activation.models import ActivationTag
from app.credentials.policy import CredentialTag
from app.documents.models import DocumentTag
from app.family.policy import FamilyTag
from app.letters.models import LetterTag
from app.mutual_aid.policy import MutualAidTag
from app.passkeys.models import PasskeyTag
from app.proofs.models import ProofTag
from app.scanning.policy import ScanTag

SCANS = {
    ScanTag.scanned: _l("扫了医保码"),
    ScanTag.sandbox_code_drawn: _l("取了测试用的码"),
    ScanTag.call_refused: _l("调用接口被拒绝"),
}
CREDENTIALS = {
    CredentialTag.activated: _l("激活了医保码"),
    CredentialTag.frozen: _l("挂失了医保码"),
    CredentialTag.unfrozen: _l("恢复了医保码"),
    CredentialTag.ended: _l("停用了医保码"),
    CredentialTag.taken_over: _l("医保码转到了本人的账号"),
    CredentialTag.pin_set: _l("设了展码密码"),
    CredentialTag.pin_changed: _l("改了展码密码"),
    CredentialTag.pin_wrong: _l("展码密码输错了"),
    CredentialTag.pin_locked: _l("展码密码错得太多，锁住了"),
    CredentialTag.pin_guessed: _l("展码密码连续输错太多，设备不再可信"),
    CredentialTag.unlocked: _l("打开了医保码"),
    CredentialTag.use_denied: _l("说一次使用不是本人"),
    CredentialTag.denial_settled: _l("查清了一次不是本人的使用"),
    CredentialTag.slip_issued: _l("开了一张纸质码"),
    CredentialTag.slip_shown: _l("打开了纸质码的打印页"),
    CredentialTag.slip_revoked: _l("作废了一张纸质码"),
    CredentialTag.presentation_made: _l("在一台设备上出示医保码"),
    CredentialTag.presentation_ended: _l("一台设备不再出示医保码"),
    CredentialTag.tags_forged: _l("有人多次出示核对不上的码，那台设备的码停用了"),
}
ACTIVATION = {
    ActivationTag.started: _l("开始激活"),
    ActivationTag.proved: _l("激活时核验了身份"),
    ActivationTag.expired: _l("激活没有做完，过期了"),
    ActivationTag.person_found: _l("激活时核对了身份信息"),
    ActivationTag.refused: _l("激活没有通过"),
    ActivationTag.consented: _l("激活时同意了告知书"),
    ActivationTag.completed: _l("完成了激活"),
    ActivationTag.discarded: _l("放弃了激活"),
    ActivationTag.takeover_begun: _l("申请把医保码转到自己的账号"),
    ActivationTag.rebinding_requested: _l("一台新设备申请出示医保码"),
    ActivationTag.rebinding_done: _l("一台新设备可以出示医保码了"),
    ActivationTag.rebinding_cancelled: _l("取消了新设备的申请"),
    ActivationTag.lost_reported: _l("报告手机丢失"),
    ActivationTag.lost_code_asked: _l("挂失时要了短信验证码"),
    ActivationTag.lost_code_wrong: _l("挂失时验证码不对"),
    ActivationTag.restored: _l("重新核验后恢复使用"),
    ActivationTag.pin_reset_requested: _l("申请重设展码密码"),
    ActivationTag.pin_reset_cancelled: _l("取消了重设展码密码"),
    ActivationTag.pin_reset: _l("重设了展码密码"),
}
PROOFS = {
    ProofTag.face_started: _l("开始人脸识别"),
    ProofTag.face_unavailable: _l("人脸识别连不上"),
    ProofTag.passed: _l("身份核验通过"),
    ProofTag.failed: _l("身份核验没有通过"),
    ProofTag.spent: _l("用掉了一次身份核验"),
    ProofTag.counter_code_issued: _l("窗口开了激活码"),
}
ACCOUNTS = {
    AccountTag.sms_requested: _l("要了短信验证码"),
    AccountTag.sms_refused: _l("短信验证码没有发出或不对"),
    AccountTag.sms_flood: _l("一小时内要短信的陌生人太多，先不再发"),
    AccountTag.signed_in: _l("登录"),
    AccountTag.signed_out: _l("退出登录"),
    AccountTag.signed_out_everywhere: _l("在所有设备上退出登录"),
    AccountTag.device_bound: _l("绑定了一台设备"),
    AccountTag.device_revoked: _l("移除了一台设备"),
    AccountTag.phone_changed: _l("更换了手机号"),
    AccountTag.phone_lost: _l("手机号给了别的账号"),
    AccountTag.person_given: _l("账号和参保人对应起来"),
    AccountTag.phone_confirmed: _l("用短信确认了手机号"),
    AccountTag.consent_given: _l("同意了一份告知书"),
    AccountTag.consent_withdrawn: _l("撤回了一项同意"),
}
PASSKEYS = {
    PasskeyTag.added: _l("添加了一个通行密钥"),
    PasskeyTag.removed: _l("删除了一个通行密钥"),
    PasskeyTag.refused: _l("通行密钥没有通过"),
}
FAMILY = {
    FamilyTag.request_begun: _l("开始添加家人"),
    FamilyTag.stepped_up: _l("添加家人前核验了本人"),
    FamilyTag.member_found: _l("核对了要添加的家人"),
    FamilyTag.refused: _l("添加家人没有通过"),
    FamilyTag.submitted: _l("提交了添加家人的申请"),
    FamilyTag.approved: _l("添加家人的申请通过"),
    FamilyTag.rejected: _l("添加家人的申请没有通过"),
    FamilyTag.returned: _l("添加家人的申请退回补正"),
    FamilyTag.withdrawn: _l("撤回了添加家人的申请"),
    FamilyTag.expired: _l("添加家人的申请过期"),
    FamilyTag.appealed: _l("对添加家人的结果提出复核"),
    FamilyTag.invited: _l("发出了确认链接"),
    FamilyTag.invitation_used: _l("在确认链接里同意"),
    FamilyTag.invitation_refused: _l("在确认链接里不同意"),
    FamilyTag.call_booked: _l("预约了医保局回电"),
    FamilyTag.call_done: _l("医保局打了回电"),
    FamilyTag.vouched: _l("另一位亲属作了证明"),
    FamilyTag.link_made: _l("添加成为家人，可以出示医保码"),
    FamilyTag.link_renewed: _l("续期了家人的绑定"),
    FamilyTag.link_ended: _l("解绑了家人"),
    FamilyTag.link_used: _l("家人出示了医保码"),
    FamilyTag.member_frozen: _l("家人挂失了医保码"),
    FamilyTag.custody_disputed: _l("标记监护有争议"),
    FamilyTag.custody_settled: _l("取消监护争议的标记"),
}
MUTUAL_AID = {
    MutualAidTag.authorised: _l("授权家人使用个人账户"),
    MutualAidTag.revoked: _l("取消了家人使用个人账户的授权"),
    MutualAidTag.refused: _l("家庭共济没有通过"),
}
DOCUMENTS = {
    DocumentTag.received: _l("上传了材料"),
    DocumentTag.refused: _l("上传的材料没有收下"),
    DocumentTag.viewed: _l("看了一页材料"),
    DocumentTag.removed: _l("删除了材料"),
    DocumentTag.expired: _l("材料到期删除"),
    DocumentTag.swept: _l("清理了没有主人的文件"),
}
LETTERS = {
    LetterTag.prepared: _l("生成了承诺书"),
    LetterTag.signed: _l("签了承诺书"),
}
