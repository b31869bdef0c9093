"""Shape and wording of the forms on the way to a credential."""

from collections.abc import Iterable
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, Field, PasswordField, SelectField, StringField
from wtforms.validators import ValidationError

from app.accounts.models import ConsentPurpose, Notice
from app.accounts.notice_words import in_words
from app.accounts.sign_out_others import SignsOutOthers
from app.core.forms import Form
from app.core.text import code_of, is_digits
from app.credentials.display_pin import InvalidPin, parse_pin
from app.credentials.service import check_pin_choice
from app.proofs.service import COUNTER_CODE_DIGITS, clean_counter_code
from app.regions.models import Region
from app.roster.identity import Cert
from app.roster.models import InsuredPerson
from app.roster.person_fields import AsksInsuredPerson, AsksPerson, cert_type_field, read_cert


class PersonForm(AsksInsuredPerson, Form):
    name = StringField(_l("姓名"))
    cert_type = cert_type_field()
    cert_no = StringField(_l("证件号码"))
    region = SelectField(_l("参保地"), validate_choice=False)

    def __init__(self, regions: Iterable[Region], **values: Any) -> None:
        super().__init__(**values)
        self.offer_regions(regions)

    @property
    def typed(self) -> dict[str, str]:
        return self.as_typed("name", "cert_type", "cert_no", "region")


class ConsentForm(Form):
    """One box per notice, never ticked beforehand (PIPL 14, 29). The class is built from the notices in force."""

    notices: list[Notice]
    required: frozenset[ConsentPurpose]

    @classmethod
    def of(cls, notices: list[Notice], required: Iterable[ConsentPurpose]) -> "ConsentForm":
        boxes = {f"notice_{notice.id}": BooleanField(in_words(notice).label, default=False) for notice in notices}
        form: ConsentForm = type("ConsentFormOfToday", (cls,), boxes)()
        form.notices, form.required = notices, frozenset(required)
        return form

    def box_of(self, notice: Notice) -> Field:
        return self[f"notice_{notice.id}"]

    @property
    def agreed(self) -> list[Notice]:
        return [notice for notice in self.notices if self.box_of(notice).data]

    def validate(self, extra_validators: Any = None) -> bool:
        is_valid = bool(super().validate(extra_validators))
        for notice in self.notices:
            if notice.purpose in self.required and not self.box_of(notice).data:
                self.box_of(notice).errors = [_("不同意这一项就不能激活医保码。您可以继续用身份证或社保卡看病。")]
                is_valid = False
        return is_valid


class FaceForm(Form):
    """The button that begins a face check, with a box if there is no consent yet."""

    agrees = BooleanField(_l("我同意进行人脸核验"), default=False)


class CounterCodeForm(Form):
    code = StringField(_l("窗口核验码"))

    def validate_code(self, field: Field) -> None:
        if not (field.data or "").strip():
            raise ValidationError(_("请填写窗口给您的八位数字。"))
        code = clean_counter_code(field.data)
        if not is_digits(code, COUNTER_CODE_DIGITS):
            raise ValidationError(_("窗口核验码是八位数字，请核对一遍。"))


class DocumentForm(Form):
    cert_no = StringField(_l("证件号码"))
    cert: Cert

    def __init__(self, cert_type: str) -> None:
        super().__init__()
        self._cert_type = cert_type

    def validate_cert_no(self, field: Field) -> None:
        self.cert = read_cert(self._cert_type, field)

    def refuse_number(self, guesses_left: int) -> int:
        """The number is not the registered one. guesses_left: today. Returns the status of the page."""
        wrong = _("证件号码和登记的不一样，请核对一遍。今天还可以试 %(count)d 次。", count=guesses_left)
        worn_out = _("今天试的次数用完了。请改用人脸核验或窗口核验码，或明天再试。")
        self.cert_no.errors = [wrong if guesses_left else worn_out]
        return 422 if guesses_left else 429


class PinForm(Form):
    """A six-digit PIN, typed twice. What makes a PIN too easy depends on the person."""

    pin = PasswordField(_l("展码密码"))
    again = PasswordField(_l("再次输入"))

    def __init__(self, person: InsuredPerson) -> None:
        super().__init__()
        self._person = person

    def validate_pin(self, field: Field) -> None:
        try:
            field.data = parse_pin(field.data or "")
        except InvalidPin as error:
            raise ValidationError(str(error)) from None
        weakness = check_pin_choice(field.data, self._person)
        if weakness:
            raise ValidationError(weakness)

    def validate_again(self, field: Field) -> None:
        try:
            field.data = parse_pin(field.data or "")
        except InvalidPin:
            raise ValidationError(_("请再输入一遍同样的六位数字。")) from None
        if not self.pin.errors and field.data != self.pin.data:
            raise ValidationError(_("两次输入的不一样，请再输一遍。"))


class PinResetForm(SignsOutOthers, PinForm):
    """Another PIN for a person who has forgotten the old one."""


class PinChangeForm(SignsOutOthers, PinForm):
    """The old PIN, and another one."""

    old = PasswordField(_l("现在的展码密码"))
    pin = PasswordField(_l("新的展码密码"))
    again = PasswordField(_l("再次输入"))

    def validate_old(self, field: Field) -> None:
        try:
            field.data = parse_pin(field.data or "")
        except InvalidPin as error:
            raise ValidationError(str(error)) from None

    def validate_pin(self, field: Field) -> None:
        super().validate_pin(field)
        if not self.old.errors and field.data == self.old.data:
            raise ValidationError(_("新密码和现在的一样，请换一个。"))


class LostPersonForm(AsksPerson, Form):
    """For a person who has lost a phone and cannot receive an SMS."""

    name = StringField(_l("姓名"))
    cert_type = cert_type_field()
    cert_no = StringField(_l("证件号码"))


class _SixDigitsForm(Form):
    code = StringField()

    @property
    def digits(self) -> str:
        return code_of(self.code.data, 6)

    def validate_code(self, field: Field) -> None:
        digits = code_of(field.data, 6)
        if not digits:
            raise ValidationError(_("请填写 6 位数字。"))
        if not is_digits(digits, 6):
            raise ValidationError(_("是 6 位数字，请核对一遍。"))


class LostCodeForm(_SixDigitsForm):
    code = StringField(_l("家人收到的六位数字"))


class PhoneCodeForm(_SixDigitsForm):
    code = StringField(_l("短信验证码"))
