"""The form for the six digits of an authenticator, for members of the bureau and for operators at a desk."""

from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import Field, StringField
from wtforms.validators import ValidationError

from app.core.forms import RefusableForm
from app.core.text import code_of, is_digits

DIGITS = 6  # fixed: every authenticator shows six (RFC 6238)


def _is_code(_form: Any, field: Field) -> None:
    digits = code_of(field.data, DIGITS)
    if not digits:
        raise ValidationError(str(_l("请填写动态码。")))
    if not is_digits(digits, DIGITS):
        raise ValidationError(str(_l("动态码是 6 位数字，请看一下验证器。")))


class SecondFactorForm(RefusableForm):
    code = StringField(_l("动态码"), [_is_code])

    @property
    def digits(self) -> str:
        return code_of(self.code.data, DIGITS)
