import re
import unicodedata

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import Field, PasswordField, StringField
from wtforms.validators import ValidationError

from app.credentials.display_pin import InvalidPin, parse_pin


class UnlockForm(FlaskForm):  # type: ignore[misc]
    pin = PasswordField(_l("展码密码"))

    def validate_pin(self, field: Field) -> None:
        try:
            field.data = parse_pin(field.data or "")
        except InvalidPin as error:
            raise ValidationError(str(error)) from None


class ChallengeForm(FlaskForm):  # type: ignore[misc]
    digits = StringField(_l("对方告诉您的两位数字"))

    def validate_digits(self, field: Field) -> None:
        typed = "".join(unicodedata.normalize("NFKC", field.data or "").split())
        if not re.fullmatch(r"[0-9]{2}", typed):
            raise ValidationError(str(_l("请输入两位数字，例如 07。")))
        field.data = typed
