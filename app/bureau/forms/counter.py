"""The forms of a clerk at the counter."""

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, Field, HiddenField, SelectField, StringField
from wtforms.fields import SelectChoice
from wtforms.validators import ValidationError

from app.core.forms import RefusableForm
from app.family.models import Relation
from app.family.policy import RELATION_LABELS
from app.institutions.business_types import BUSINESS_TYPES, ONLINE
from app.roster.person_fields import AsksCert, cert_type_field

COMMON = ("01301", "01101", "01201", "01302", "02121")  # offered first: most slips are for these


class EntryForm(RefusableForm):
    """`nonce`: made for each page shown, so that a form sent twice counts as one scan."""

    entry = StringField(_l("医保码、十二位数字或身份证号"))
    nonce = HiddenField()


class DocumentForm(AsksCert, RefusableForm):
    cert_type = cert_type_field()
    cert_no = StringField(_l("证件号码"))


class NameForm(RefusableForm):
    name = StringField(_l("姓名"))
    tail = StringField(_l("证件号码最后 4 位"))


class PapersForm(RefusableForm):
    papers = BooleanField(_l("证件原件已核对，是本人"))


class SlipForm(RefusableForm):
    place = StringField(_l("用在哪家机构"))
    purpose = SelectField(_l("办什么业务"), validate_choice=False)
    consent = BooleanField(_l("本人（或监护人）已在纸质告知书上签字同意"))

    def __init__(self, **values: object) -> None:
        super().__init__(**values)
        ordered = dict.fromkeys((*COMMON, *BUSINESS_TYPES))
        self.purpose.choices = [
            SelectChoice("", _("请选择")),
            *(SelectChoice(code, str(_(BUSINESS_TYPES[code]))) for code in ordered if code not in ONLINE),
        ]

    def validate_place(self, field: Field) -> None:
        if not (field.data or "").strip():
            raise ValidationError(_("请填机构编号或名称。"))

    def validate_purpose(self, field: Field) -> None:
        if field.data not in BUSINESS_TYPES:
            raise ValidationError(_("请选择办什么业务。"))


class BindingForm(DocumentForm):
    relation = SelectField(_l("家人是办理人的"), validate_choice=False)
    both_here = BooleanField(_l("两人都在场，证件原件已核对，都已在纸质告知书上签字；未满 16 周岁的，出生证明或户口本原件已核对"))

    def __init__(self, **values: object) -> None:
        super().__init__(**values)
        self.relation.choices = [SelectChoice("", _("请选择")), *(SelectChoice(r.value, str(RELATION_LABELS[r])) for r in Relation)]

    def validate_relation(self, field: Field) -> None:
        if field.data not in {relation.value for relation in Relation}:
            raise ValidationError(_("请选择关系。"))
