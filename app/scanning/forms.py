"""The form by which an operator scans."""

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import Field, HiddenField, SelectField, StringField
from wtforms.validators import ValidationError

from app.core.forms import Filled, RefusableForm
from app.core.text import digits_of
from app.institutions.business_types import BUSINESS_TYPES
from app.institutions.models import Institution

LONGEST_CODE = 200  # fixed: characters of what a scanner types; a code has 63


class ScanForm(RefusableForm):
    """slip: a number of this form, so that sending it twice scans once."""

    code = StringField(_l("医保码"), [Filled(_l("还没有扫到医保码，请再扫一次。"))])
    business_type = SelectField(_l("用码业务"), validate_choice=False)
    slip = HiddenField()

    def offer(self, institution: Institution) -> None:
        self.business_type.choices = [(scene, f"{scene} {_(BUSINESS_TYPES[scene])}") for scene in institution.scenes]

    def validate_business_type(self, field: Field) -> None:
        if field.data not in BUSINESS_TYPES:
            raise ValidationError(str(_l("请选择用码业务。")))

    @property
    def scanned(self) -> str:
        """What was scanned or typed, in half width and without white space."""
        return digits_of(self.code.data)[:LONGEST_CODE]
