"""The form in which an auditor searches the log."""

from datetime import date, timedelta

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import DateField, Field, SelectField, StringField
from wtforms.validators import InputRequired, ValidationError

from app.core.forms import RefusableForm
from app.oversight.queries import LONGEST_DAYS
from app.oversight.words import Group
from app.roster.identity import Cert
from app.roster.person_fields import cert_type_field, read_cert
from app.scanning.reasons import REASONS

_DAY = _l("请按“2026-11-22”的样子填写日期。")


class AuditForm(RefusableForm):
    since = DateField(_l("从哪天"), [InputRequired(_DAY)])
    until = DateField(_l("到哪天"), [InputRequired(_DAY)])
    group = SelectField(_l("哪类事情"), validate_choice=False)
    outcome = SelectField(_l("结果"), validate_choice=False)
    actor = StringField(_l("谁做的"))
    subject = StringField(_l("对象"))
    cert_type = cert_type_field(_l("参保人的证件类型"))
    cert_no = StringField(_l("参保人的证件号码"))
    cert: Cert | None = None

    def __init__(self, **values: object) -> None:
        super().__init__(**values)
        self.group.choices = [("", _("全部")), *((group.value, group.label) for group in Group)]
        self.outcome.choices = [
            ("", _("全部")),
            ("ok", _("成功")),
            ("refused", _("被拒绝")),
            ("missed", _("没有查到")),
            *((reason.name, f"{_('扫码')}：{_(reason.title)}") for reason in REASONS.values()),
        ]

    def validate_until(self, field: Field) -> None:
        since, until = self.since.data, field.data
        if not isinstance(since, date) or not isinstance(until, date):
            return
        if until < since:
            raise ValidationError(_("结束的日子早于开始的日子，请核对。"))
        if until - since >= timedelta(days=LONGEST_DAYS):
            raise ValidationError(_("一次最多查 %(days)d 天，请缩短一些。", days=LONGEST_DAYS))

    def validate_cert_no(self, field: Field) -> None:
        if (field.data or "").strip():
            self.cert = read_cert(self.cert_type.data or "", field)
