"""Shape and wording of the forms on the way to a link."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, Field, PasswordField, RadioField, SelectField, StringField, TextAreaField
from wtforms.fields import SelectChoice
from wtforms.validators import ValidationError

from app.accounts.models import Notice
from app.accounts.notice_words import in_words
from app.accounts.phone import InvalidPhone, parse_mobile
from app.core.display import moment
from app.core.forms import Form
from app.core.text import is_digits
from app.family.models import Relation, Way
from app.family.policy import RELATION_LABELS
from app.proofs.service import COUNTER_CODE_DIGITS, clean_counter_code
from app.regions.models import Region
from app.roster.person_fields import AsksInsuredPerson, cert_type_field

WAY_LABELS = {
    Way.face: _l("家人就在身边，用这部手机刷脸"),
    Way.own_phone: _l("把链接发到家人自己的手机"),
    Way.counter_code: _l("家人到医保窗口领核验码"),
    Way.call_back: _l("约一个时间，医保局打电话给家人"),
    Way.vouching: _l("请另一位家人作证，交材料审核"),
    Way.documents: _l("交材料，由审核员看"),
}


class NoticesForm(Form):
    """One box per notice, never ticked beforehand; each is required. The class is built from the notices in force."""

    notices: list[Notice]

    @classmethod
    def of(cls, notices: list[Notice], **fields: Field) -> "NoticesForm":
        boxes = {f"notice_{notice.id}": BooleanField(in_words(notice).label, default=False) for notice in notices}
        form: NoticesForm = type("NoticesFormOfToday", (cls,), {**boxes, **fields})()
        form.notices = notices
        return form

    def box_of(self, notice: Notice) -> Field:
        return self[f"notice_{notice.id}"]

    def validate(self, extra_validators: Any = None) -> bool:
        is_valid: bool = super().validate(extra_validators)
        for notice in self.notices:
            box = self.box_of(notice)
            if not box.data:
                box.errors = [_("要同意这一项才能继续。不同意也没关系，可以离开这一页。")]
                is_valid = False
        return is_valid


def pin_field() -> Field:
    return PasswordField(_l("展码密码"))


class MemberForm(AsksInsuredPerson, Form):
    relation = SelectField(_l("家人是您的"), validate_choice=False)
    name = StringField(_l("姓名"))
    cert_type = cert_type_field()
    cert_no = StringField(_l("证件号码"))
    region = SelectField(_l("参保地"), validate_choice=False)

    def __init__(self, regions: Iterable[Region], **values: Any) -> None:
        super().__init__(**values)
        self.relation.choices = [SelectChoice("", _("请选择")), *(SelectChoice(r.value, str(RELATION_LABELS[r])) for r in Relation)]
        self.offer_regions(regions)

    @property
    def typed(self) -> dict[str, str]:
        return self.as_typed("relation", "name", "cert_type", "cert_no", "region")

    def validate_relation(self, field: Field) -> None:
        if field.data not in {relation.value for relation in Relation}:
            raise ValidationError(_("请选家人和您的关系。"))


class WayForm(Form):
    way = RadioField(_l("用哪种方式"), validate_choice=False)

    def __init__(self, ways: Iterable[Way]) -> None:
        super().__init__()
        self._ways = tuple(ways)
        self.way.choices = [SelectChoice(way.value, str(WAY_LABELS[way])) for way in self._ways]

    def validate_way(self, field: Field) -> None:
        if field.data not in {way.value for way in self._ways}:
            raise ValidationError(_("请选一种方式。"))


def code_field() -> Field:
    return StringField(_l("窗口核验码"), validators=[_check_code])


def _check_code(_form: Form, field: Field) -> None:
    code = clean_counter_code(field.data or "")
    if not is_digits(code, COUNTER_CODE_DIGITS):
        raise ValidationError(_("窗口核验码是八位数字，请核对一遍。"))


class CallBackForm(Form):
    phone = StringField(_l("家人的电话"))
    hour = RadioField(_l("什么时候打"), validate_choice=False)
    number: str

    def __init__(self, hours: list[datetime]) -> None:
        super().__init__()
        self._hours = {hour.isoformat(): hour for hour in hours}
        self.hour.choices = [SelectChoice(key, moment(hour)) for key, hour in self._hours.items()]

    @property
    def starts_at(self) -> datetime:
        return self._hours[self.hour.data]

    def validate_phone(self, field: Field) -> None:
        try:
            self.number = parse_mobile(field.data or "")
        except InvalidPhone as error:
            raise ValidationError(str(error)) from None

    def validate_hour(self, field: Field) -> None:
        if field.data not in self._hours:
            raise ValidationError(_("请选一个时间。"))


class VouchForm(Form):
    relation = SelectField(_l("这位家人是您的"), validate_choice=False)

    def __init__(self) -> None:
        super().__init__()
        self.relation.choices = [SelectChoice("", _("请选择")), *(SelectChoice(r.value, str(RELATION_LABELS[r])) for r in Relation)]

    def validate_relation(self, field: Field) -> None:
        if field.data not in {relation.value for relation in Relation}:
            raise ValidationError(_("请选这位家人和您的关系。"))


class AppealForm(Form):
    text = TextAreaField(_l("您为什么不同意"))

    def validate_text(self, field: Field) -> None:
        if not (field.data or "").strip():
            raise ValidationError(_("请写一下您为什么不同意。"))
        if len(field.data) > 500:
            raise ValidationError(_("最多写 500 个字。"))
