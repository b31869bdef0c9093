"""The forms with which members of staff sign in."""

from flask_babel import lazy_gettext as _l
from wtforms import Field, StringField
from wtforms.validators import ValidationError

from app.core.forms import Filled, RefusableForm


class StaffSignInForm(RefusableForm):
    username = StringField(_l("用户名"), [Filled(_l("请填写用户名。"))])
    password = StringField(_l("密码"), [Filled(_l("请填写密码。"))])


class NewPasswordForm(RefusableForm):
    password = StringField(_l("新密码"), [Filled(_l("请填写新密码。"))])
    again = StringField(_l("再次输入"), [Filled(_l("请再输入一次。"))])

    def validate_again(self, field: Field) -> None:
        if field.data != self.password.data:
            raise ValidationError(str(_l("两次输入的不一样，请再试。")))
