"""What the risk rules are called on screen."""

from flask_babel import lazy_gettext as _l

RULE_SENTENCES = {
    "first_use": _l("这个人的医保码第一次在这家机构使用。"),
    "other_city": _l("刚刚在另一个城市用过，这么短的时间里到不了这里。"),
    "pharmacies": _l("同一天里去的药店太多。"),
    "new_device": _l("出示的手机刚刚绑定。"),
}
