"""What members of staff type to sign in."""

from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import Field, StringField
from wtforms.validators import ValidationError

from app.core.forms import Filled, RefusableForm
from app.core.text import code_of, is_digits

DIGITS = 6


def _is_code(_form: Any, field: Field) -> None:
    digits = code_of(field.data, DIGITS)
    if not digits:
        raise ValidationError(str(_l("请填写动态码。")))
    if not is_digits(digits, DIGITS):
        raise ValidationError(str(_l("动态码是 6 位数字，请看一下验证器。")))


class StaffSignInForm(RefusableForm):
    username = StringField(_l("用户名"), [Filled(_l("请填写用户名。"))])
    password = StringField(_l("密码"), [Filled(_l("请填写密码。"))])


class SecondFactorForm(RefusableForm):
    code = StringField(_l("动态码"), [_is_code])

    @property
    def digits(self) -> str:
        return code_of(self.code.data, DIGITS)


class NewPasswordForm(RefusableForm):
    password = StringField(_l("新密码"), [Filled(_l("请填写新密码。"))])
    again = StringField(_l("再次输入"), [Filled(_l("请再输入一次。"))])

    def validate_again(self, field: Field) -> None:
        if field.data != self.password.data:
            raise ValidationError(str(_l("两次输入的不一样，请再试。")))
