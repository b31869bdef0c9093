"""The box that is offered wherever a person changes what lets them in."""

from flask_babel import lazy_gettext as _l
from wtforms import BooleanField


class SignsOutOthers:
    """Offered with another PIN or number (ASVS 7.4.3)."""

    ends_others = BooleanField(_l("让我的其他手机和电脑都退出登录"))
