"""What people type to sign in and to change their number."""

from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import Field, StringField
from wtforms.validators import ValidationError

from app.accounts.phone import InvalidPhone, parse_mobile
from app.accounts.sign_out_others import SignsOutOthers
from app.core.forms import RefusableForm
from app.core.text import code_of, is_digits

DIGITS = 6  # fixed: of an SMS code; it needs at least 20 bits (ASVS 6.5.4)


def _is_mobile(_form: Any, field: Field) -> None:
    try:
        parse_mobile(field.data or "")
    except InvalidPhone as error:
        raise ValidationError(str(error)) from error


class _SixDigits:
    def __init__(self, empty: Any, wrong: Any) -> None:
        self._empty, self._wrong = empty, wrong

    def __call__(self, _form: Any, field: Field) -> None:
        digits = code_of(field.data, DIGITS)
        if not digits:
            raise ValidationError(str(self._empty))
        if not is_digits(digits, DIGITS):
            raise ValidationError(str(self._wrong))


class SignInForm(RefusableForm):
    """Both steps of one page: 获取验证码 validates only the number."""

    phone = StringField(_l("手机号"), [_is_mobile])
    code = StringField(_l("短信验证码"), [_SixDigits(_l("请填写短信里的 6 位验证码。"), _l("验证码是 6 位数字，请看一下短信。"))])

    @property
    def mobile(self) -> str:
        return parse_mobile(self.phone.data or "")

    @property
    def digits(self) -> str:
        return code_of(self.code.data, DIGITS)

    def has_mobile(self) -> bool:
        return bool(self.phone.validate(self))


class NewPhoneForm(SignsOutOthers, SignInForm):
    """更换手机号: the code goes to the new number."""

    phone = StringField(_l("新手机号"), [_is_mobile])
    pin = StringField(_l("展码密码"), [_SixDigits(_l("请填写展码密码。"), _l("展码密码是 6 位数字。"))])

    @property
    def pin_digits(self) -> str:
        return code_of(self.pin.data, DIGITS)
