from flask_babel import lazy_gettext as _l
from wtforms import Field, PasswordField, StringField
from wtforms.validators import ValidationError

from app.core.forms import Form
from app.core.text import digits_of, is_digits
from app.credentials.display_pin import InvalidPin, parse_pin


class UnlockForm(Form):
    pin = PasswordField(_l("展码密码"))

    def validate_pin(self, field: Field) -> None:
        try:
            field.data = parse_pin(field.data or "")
        except InvalidPin as error:
            raise ValidationError(str(error)) from None


class ChallengeForm(Form):
    digits = StringField(_l("对方告诉您的两位数字"))

    def validate_digits(self, field: Field) -> None:
        typed = digits_of(field.data)
        if not is_digits(typed, 2):
            raise ValidationError(str(_l("请输入两位数字，例如 07。")))
        field.data = typed
