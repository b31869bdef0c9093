"""A security administrator's forms about a colleague."""

from collections.abc import Sequence
from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import Field, SelectField, SelectMultipleField, StringField
from wtforms.fields import SelectChoice
from wtforms.validators import Length, ValidationError

from app.core.forms import RefusableForm
from app.regions.models import Agency
from app.roster.person_fields import AsksCert, cert_type_field
from app.staff.models import Role, StaffMember
from app.staff.role_names import ROLE_NAMES


def _is_agency(form: Any, field: Field) -> None:
    if field.data not in {choice.value for choice in form.agency.choices}:
        raise ValidationError(str(_l("请选一个单位。")))


class RolesForm(RefusableForm):
    roles = SelectMultipleField(
        _l("岗位"), choices=[SelectChoice(role.value, name) for role, name in ROLE_NAMES.items()], validate_choice=False
    )

    @property
    def chosen(self) -> list[Role]:
        """The chosen roles. A value that is no role was not offered by the page and is ignored."""
        return [role for role in Role if role.value in (self.roles.data or ())]


class AgencyForm(RefusableForm):
    agency = SelectField(_l("单位"), [_is_agency], validate_choice=False)

    def offer(self, agencies: Sequence[Agency]) -> None:
        self.agency.choices = [SelectChoice(agency.slug, agency.name) for agency in agencies]


class NewMemberForm(AgencyForm, RolesForm):
    username = StringField(_l("用户名"), [Length(max=60, message=_l("用户名太长了。"))])
    name = StringField(_l("姓名"), [Length(min=1, max=40, message=_l("请填写姓名，最多 40 个字。"))])


class PersonForm(AsksCert, RefusableForm):
    cert_type = cert_type_field()
    cert_no = StringField(_l("证件号码"))


class SecondForm(RefusableForm):
    second = SelectField(_l("第二个人"), validate_choice=False)

    def offer(self, members: Sequence[StaffMember]) -> None:
        self.second.choices = [SelectChoice(str(m.id), f"{m.name}（{m.username}）") for m in members]
