"""The box offered wherever a person changes what they sign in with."""

from flask_babel import lazy_gettext as _l
from wtforms import BooleanField


class SignsOutOthers:
    """Offered when the PIN or the number is changed (ASVS 7.4.3)."""

    ends_others = BooleanField(_l("让我的其他手机和电脑都退出登录"))
