"""What an authenticator returns, and the PIN asked before a passkey is added."""

from flask_babel import lazy_gettext as _l
from wtforms import HiddenField, PasswordField
from wtforms.validators import ValidationError

from app.core.forms import Form
from app.credentials.display_pin import InvalidPin, parse_pin


class AddPasskeyForm(Form):
    pin = PasswordField(_l("展码密码"))
    answer = HiddenField()

    def validate_pin(self, field: PasswordField) -> None:
        try:
            field.data = parse_pin(field.data or "")
        except InvalidPin as error:
            raise ValidationError(str(error)) from None
