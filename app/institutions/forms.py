"""The forms by which an operator signs in and chooses a password."""

from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, Field, StringField
from wtforms.validators import ValidationError

from app.core.forms import Filled, RefusableForm


class DeskSignInForm(RefusableForm):
    username = StringField(_l("用户名"), [Filled(_l("请填写用户名。"))])
    password = StringField(_l("密码"), [Filled(_l("请填写密码。"))])
    is_shared = BooleanField(_l("这台电脑几个人共用"))


class DeskPasswordForm(RefusableForm):
    password = StringField(_l("新密码"), [Filled(_l("请填写新密码。"))])
    again = StringField(_l("再次输入"), [Filled(_l("请再输入一次。"))])

    def validate_again(self, field: Field) -> None:
        if field.data != self.password.data:
            raise ValidationError(str(_l("两次输入的不一样，请再试。")))


class DeskFactorForm(RefusableForm):
    password = StringField(_l("现在的密码"), [Filled(_l("请填写密码。"))])
