from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, Field, PasswordField, SelectField, StringField
from wtforms.fields import SelectChoice
from wtforms.validators import ValidationError

from app.core.forms import Form
from app.core.settings import settings
from app.family.policy import RELATION_LABELS
from app.mutual_aid.money import InvalidAmount, parse_yuan
from app.mutual_aid.policy import RELATIVES
from app.roster.identity import clean_name
from app.roster.person_fields import AsksPerson, cert_type_field


class AuthorisationForm(AsksPerson, Form):
    relation = SelectField(_l("家人是您的"), validate_choice=False)
    name = StringField(_l("家人的姓名"))
    cert_type = cert_type_field()
    cert_no = StringField(_l("证件号码"))
    monthly_cap = StringField(_l("每月最多用多少元"))
    agrees = BooleanField(default=False)
    pin = PasswordField(_l("展码密码"))
    cap: int  # fen

    def __init__(self, label: str, **values: Any) -> None:
        """label: the sentence beside the box, from the notice in force."""
        super().__init__(**values)
        self.agrees.label.text = label
        chosen = [SelectChoice(r.value, str(RELATION_LABELS[r])) for r in RELATIVES]
        self.relation.choices = [SelectChoice("", _("请选择")), *chosen]

    def validate_relation(self, field: Field) -> None:
        if field.data not in {relation.value for relation in RELATIVES}:
            raise ValidationError(_("请选家人和您的关系。"))

    def validate_name(self, field: Field) -> None:
        super().validate_name(field)
        field.data = clean_name(field.data)

    def validate_monthly_cap(self, field: Field) -> None:
        try:
            self.cap = parse_yuan(field.data or "", most=settings.mutual_aid_most_yuan * 100)
        except InvalidAmount as error:
            raise ValidationError(str(error)) from None

    def validate_agrees(self, field: Field) -> None:
        if not field.data:
            raise ValidationError(_("要同意这一项才能继续。不同意也没关系，可以离开这一页。"))

    def validate_pin(self, field: Field) -> None:
        if not field.data:
            raise ValidationError(_("请输入展码密码，确认是您本人。"))
