"""The audit tags of this feature, and the sentences that describe them."""

from flask_babel import lazy_gettext as _l

from app.core.audit.tags import AuditTag, tag


class LimitsTag(AuditTag, group="staff", nouns={"limits": _l("次数限制")}):
    alone = tag("limits:alone", _l("计数的服务器连不上，次数限制暂时由各进程各自计算"), is_alarm=True)
    shared_again = tag("limits:shared_again", _l("计数的服务器恢复了"))


class InstallationTag(AuditTag, group="staff", nouns={"installation": _l("本系统")}):
    named = tag("installation:named", _l("写下了医保局的名称"))
    opened = tag("installation:opened", _l("医保局第一次设置完成"))
    restored = tag("installation:restored", _l("从备份恢复了全部数据"))
