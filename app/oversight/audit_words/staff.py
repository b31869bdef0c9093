"""Sentences for what the bureau and the institutions do."""

from enum import StrEnum

from flask_babel import LazyString
from flask_babel import lazy_gettext as _l

from app.accounts.models import AccountTag
from app.core.audit import AuditTag
from app.core.installation import InstallationTag
from app.core.keys.models import KeysTag
from app.core.limits import LimitsTag
from app.counter.models import CounterTag
from app.figures.models import FigureTag
from app.help.models import HelpTag
from app.hotline.models import HotlineTag
from app.institutions.policy import InstitutionTag
from app.regions.models import RegionTag
from app.reports.models import ReportTag
from app.reviews.models import ReviewTag
from app.roster.models import RosterTag
from app.scanning.policy import ScanTag
from app.staff.models import ApprovalTag, StaffTag

REVIEWS = {
    ReviewTag.opened: _l("收到一件申请"),
    ReviewTag.claimed: _l("领取了一件审核"),
    ReviewTag.released: _l("放回了一件审核"),
    ReviewTag.decided: _l("作了审核决定"),
    ReviewTag.undone: _l("撤回了审核决定"),
    ReviewTag.settled: _l("审核决定生效"),
    ReviewTag.resubmitted: _l("申请人补正后重新提交"),
    ReviewTag.appealed: _l("申请人要求复核"),
    ReviewTag.withdrawn: _l("申请人撤回"),
    ReviewTag.letter_viewed: _l("看了承诺书"),
    ReviewTag.refused: _l("不能办的审核，没有让办"),
}
HOTLINE = {
    HotlineTag.searched: _l("查找参保人"),
    HotlineTag.alarm: _l("查不到的次数太多，停止了查询"),
    HotlineTag.call_opened: _l("打开了来电"),
    HotlineTag.caller_verified: _l("核对了来电人"),
    HotlineTag.caller_doubted: _l("来电人没有核对上"),
    HotlineTag.frozen: _l("按来电挂失"),
    HotlineTag.device_unbound: _l("按来电移除了设备"),
    HotlineTag.link_unbound: _l("按来电解绑了家人"),
    HotlineTag.message_sent: _l("给参保人留言"),
    HotlineTag.unfreezing_asked: _l("请同事恢复使用"),
    HotlineTag.unfreezing_confirmed: _l("第二人确认恢复使用"),
    HotlineTag.unfreezing_refused: _l("第二人没有同意恢复使用"),
    HotlineTag.call_back_opened: _l("打开了预约的回电"),
    HotlineTag.denial_opened: _l("打开了“不是我”的一件"),
    HotlineTag.refused: _l("自己或家人的事，没有让办"),
}
COUNTER: dict[StrEnum, LazyString] = {
    CounterTag.scanned: _l("在窗口扫了医保码"),
    CounterTag.visit_opened: _l("在窗口核对了证件原件"),
    CounterTag.letter_issued: _l("在窗口打印了核验码"),
    CounterTag.slip_issued: _l("在窗口开了纸质码"),
    CounterTag.family_bound: _l("在窗口绑定了家人"),
    CounterTag.family_authorised: _l("在窗口记下了本人同意"),
}
ROSTER = {
    RosterTag.person_added: _l("名册新增一人"),
    RosterTag.person_changed: _l("名册改了一人的信息"),
    RosterTag.imported: _l("导入了参保名册"),
    RosterTag.uploaded: _l("上传了名册文件"),
    RosterTag.upload_deleted: _l("删除了上传的名册文件"),
    RosterTag.undone: _l("撤销了一次名册导入"),
    RosterTag.searched: _l("在名册里查找"),
    RosterTag.alarm: _l("在名册里查不到的次数太多"),
    RosterTag.status_changed: _l("改了参保状态"),
}
INSTITUTIONS = {
    InstitutionTag.added: _l("新增了一家机构"),
    InstitutionTag.enabled: _l("启用了一家机构"),
    InstitutionTag.disabled: _l("停用了一家机构"),
    InstitutionTag.key_issued: _l("给机构发了密钥"),
    InstitutionTag.key_revoked: _l("作废了机构的密钥"),
    InstitutionTag.key_confirmed: _l("确认机构的密钥可以再用"),
    InstitutionTag.changed: _l("改了机构的名称、所在地或业务"),
    InstitutionTag.key_granted: _l("复核通过了一个密钥"),
    InstitutionTag.key_ending: _l("定了密钥停用的日子"),
    InstitutionTag.operator_added: _l("添加了机构的经办人"),
    InstitutionTag.operator_reset: _l("给经办人重发了一次性密码"),
    InstitutionTag.operator_disabled: _l("停用了机构的经办人"),
    InstitutionTag.operator_password_wrong: _l("经办人的密码不对"),
    InstitutionTag.operator_locked: _l("经办人的登录锁住了"),
    InstitutionTag.operator_signed_in: _l("经办人登录"),
    InstitutionTag.operator_signed_out: _l("经办人退出"),
    InstitutionTag.operator_password_set: _l("经办人设了新密码"),
    InstitutionTag.operator_factor_set: _l("经办人设好了第二步验证"),
    InstitutionTag.operator_factor_wrong: _l("经办人的动态码不对"),
    ScanTag.guesses_numbers: _l("机构在猜十二位数字码"),
}
CONTENT = {
    RegionTag.hotline_checked: _l("核对了一个咨询电话"),
    RegionTag.hotline_changed: _l("改了一个咨询电话"),
    RegionTag.hotline_added: _l("加了一个咨询电话"),
    RegionTag.hotline_removed: _l("删了一个咨询电话"),
    RegionTag.region_added: _l("加了一个参保地"),
    RegionTag.region_changed: _l("改了一个参保地"),
    RegionTag.region_retired: _l("停用了一个参保地"),
    RegionTag.region_restored: _l("恢复了一个参保地"),
    RegionTag.agency_added: _l("加了一个经办机构"),
    RegionTag.agency_changed: _l("改了一个经办机构"),
    RegionTag.agency_retired: _l("停用了一个经办机构"),
    RegionTag.agency_restored: _l("恢复了一个经办机构"),
    AccountTag.notice_drafted: _l("起草了一份告知书"),
    AccountTag.notice_proposed: _l("把告知书交给同事看"),
    AccountTag.notice_dropped: _l("放弃了告知书的草稿"),
    AccountTag.notice_published: _l("发布了一份告知书"),
    HelpTag.saved: _l("改了帮助的草稿"),
    HelpTag.published: _l("发布了帮助"),
    HelpTag.withdrawn: _l("撤下了帮助"),
    HelpTag.restored: _l("把帮助恢复成以前的样子"),
    ReviewTag.holidays_changed: _l("改了放假安排"),
}
STAFF = {
    StaffTag.added: _l("新增了工作人员"),
    StaffTag.password_wrong: _l("工作人员的密码不对"),
    StaffTag.factor_wrong: _l("工作人员的动态码不对"),
    StaffTag.locked: _l("工作人员的登录锁住了"),
    StaffTag.released: _l("解开了锁住的登录"),
    StaffTag.factor_enrolled: _l("设好了验证器"),
    StaffTag.signed_in: _l("工作人员登录"),
    StaffTag.signed_out: _l("工作人员退出"),
    StaffTag.session_ended: _l("结束了一处登录"),
    StaffTag.password_set: _l("设了新密码"),
    StaffTag.roles_changed: _l("改了岗位"),
    StaffTag.agency_changed: _l("换了单位"),
    StaffTag.disabled: _l("停用了工作人员"),
    StaffTag.reset: _l("重置了工作人员的登录"),
    StaffTag.half_shown: _l("看了一次性密码的后一半，交给本人"),
    StaffTag.refused: _l("想打开岗位不允许的页面"),
    StaffTag.enabled: _l("重新启用了工作人员"),
    StaffTag.sessions_ended: _l("结束了工作人员的所有登录"),
    StaffTag.second_changed: _l("换了第二责任人"),
    StaffTag.person_linked: _l("登记了工作人员本人的参保信息"),
    StaffTag.passkey_added: _l("工作人员添加了通行密钥"),
    StaffTag.passkey_removed: _l("工作人员删除了通行密钥"),
    ApprovalTag.asked: _l("请第二人批准"),
    ApprovalTag.approved: _l("批准了同事的申请"),
    ApprovalTag.refused: _l("没有批准同事的申请"),
    ApprovalTag.withdrawn: _l("撤回了要批准的申请"),
    ApprovalTag.expired: _l("要批准的申请过期了"),
    InstallationTag.named: _l("写下了医保局的名称"),
    InstallationTag.opened: _l("医保局第一次设置完成"),
    LimitsTag.alone: _l("计数的服务器连不上，次数限制暂时由各进程各自计算"),
    LimitsTag.shared_again: _l("计数的服务器恢复了"),
    InstallationTag.restored: _l("从备份恢复了全部数据"),
    KeysTag.rotated: _l("换了一把系统密钥"),
    KeysTag.dropped: _l("停用了一把旧的系统密钥"),
}
AUDIT = {
    FigureTag.exported: _l("导出了统计数据"),
    AuditTag.searched: _l("查了操作日志"),
    AuditTag.opened: _l("看了一条操作日志"),
    AuditTag.exported: _l("导出了操作日志"),
    AuditTag.verified: _l("核验了操作日志"),
    ReportTag.asked: _l("要了一份报表"),
    ReportTag.finished: _l("报表做好了"),
    ReportTag.failed: _l("报表没有做成"),
    ReportTag.downloaded: _l("下载了报表"),
}
