"""What members of staff type to sign in."""

import unicodedata
from typing import Any

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import Field, StringField
from wtforms.validators import ValidationError


def _filled(sentence: Any) -> Any:
    def check(_form: Any, field: Field) -> None:
        if not (field.data or "").strip():
            raise ValidationError(str(sentence))

    return check


def _is_code(_form: Any, field: Field) -> None:
    digits = digits_of(field.data)
    if not digits:
        raise ValidationError(str(_l("请填写动态码。")))
    if not (len(digits) == 6 and digits.isascii() and digits.isdigit()):
        raise ValidationError(str(_l("动态码是 6 位数字，请看一下验证器。")))


def digits_of(raw: str | None) -> str:
    """Half-width, without white space."""
    return "".join(unicodedata.normalize("NFKC", raw or "").split())


class _Form(FlaskForm):  # type: ignore[misc]
    def refuse(self, field: Field, sentence: Any) -> None:
        """Shows a refusal of the rules where the person can mend it."""
        field.errors = [*field.errors, str(sentence)]


class StaffSignInForm(_Form):
    username = StringField(_l("用户名"), [_filled(_l("请填写用户名。"))])
    password = StringField(_l("密码"), [_filled(_l("请填写密码。"))])


class SecondFactorForm(_Form):
    code = StringField(_l("动态码"), [_is_code])

    @property
    def digits(self) -> str:
        return digits_of(self.code.data)


class NewPasswordForm(_Form):
    password = StringField(_l("新密码"), [_filled(_l("请填写新密码。"))])
    again = StringField(_l("再次输入"), [_filled(_l("请再输入一次。"))])

    def validate_again(self, field: Field) -> None:
        if field.data != self.password.data:
            raise ValidationError(str(_l("两次输入的不一样，请再试。")))
