"""An administrator's forms about institutions, their keys and their operators."""

from collections.abc import Mapping
from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, DateField, Field, SelectChoice, SelectField, SelectMultipleField, StringField

from app.core.forms import RefusableForm
from app.institutions.service import KEEP_OLD


class _Form(RefusableForm):
    def refuse(self, field: Field | str, sentence: Any) -> bool:
        return super().refuse("region_code" if field == "region" else field, sentence)


class InstitutionForm(_Form):
    """Only takes what was typed; the rules of the institutions decide whether a code, a name or a scene is valid."""

    code = StringField(_l("机构编号"))
    name = StringField(_l("名称"))
    region_code = SelectField(_l("所在地"), validate_choice=False)
    business_types = SelectMultipleField(_l("开通的用码业务"), validate_choice=False)
    supports_challenge = BooleanField(_l("窗口能向持码人说出两位核对数字"))
    is_sandbox = BooleanField(_l("只供联调测试，只认样码"))

    def offer(self, regions: Mapping[str, str]) -> None:
        self.region_code.choices = list(regions.items())


class KeyRequestForm(_Form):
    overlap_days = SelectField(
        _l("旧密钥"),
        choices=[
            SelectChoice(14, _l("再用 14 天")),
            SelectChoice(1, _l("再用 1 天")),
            SelectChoice(30, _l("再用 30 天")),
            SelectChoice(KEEP_OLD, _l("先不停，以后再说")),
        ],
        coerce=int,
        default=14,
        validate_choice=False,
    )


class KeyEndForm(_Form):
    ends_on = DateField(_l("用到哪一天"))


class OperatorForm(_Form):
    operator_id = StringField(_l("经办人编号"))
    name = StringField(_l("姓名"))
    username = StringField(_l("用户名"))
