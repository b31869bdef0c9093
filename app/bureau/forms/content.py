"""Forms about regions, offices, numbers, texts and days off. What a text may say is checked by the feature that owns it."""

from datetime import date

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf.file import FileField
from wtforms import BooleanField, Field, HiddenField, IntegerField, SelectField, StringField, TextAreaField
from wtforms.validators import ValidationError

from app.core.errors import DomainError
from app.core.forms import Form, RefusableForm
from app.core.locale import NAMES, SOURCE
from app.help.models import HelpKind
from app.regions.models import Agency, Region, RegionLevel
from app.reviews.holiday_file import parse_day

NONE = ("", _l("没有"))


class ContentForm(RefusableForm):
    """Shows a refusal of the feature that owns the content at the field it is about."""

    def take(self, refusal: DomainError) -> int:
        """Shows the refusal at its field and returns the page's status. Raises it again if this form has no such field."""
        if not self.refuse(refusal.field, refusal.what):
            raise refusal
        return refusal.status


class DayField(StringField):
    """A calendar day as people write it; empty is None. A day that does not exist is refused, such as 31 February."""

    day: date | None = None

    def process_data(self, value: date | None) -> None:
        self.day = value
        self.data = value.isoformat() if value else ""

    def pre_validate(self, form: Form) -> None:
        written = (self.data or "").strip()
        self.day = parse_day(written)
        if written and self.day is None:
            raise ValidationError(_("没有这一天，请写成 2026-10-01 这样。"))


class RegionForm(ContentForm):
    code = StringField(_l("区划代码"))
    name = StringField(_l("名称"))
    level = SelectField(_l("级别"), validate_choice=False)
    parent = SelectField(_l("上级"), validate_choice=False)
    is_insured = BooleanField(_l("可以选作参保地"))

    def offer(self, regions: list[Region]) -> None:
        self.level.choices = [(level.value, level.label) for level in RegionLevel]
        above = [r for r in regions if r.level in (RegionLevel.province, RegionLevel.city)]
        self.parent.choices = [NONE, *((r.code, f"{r.name} {r.code}") for r in above)]

    @property
    def chosen_level(self) -> RegionLevel:
        known = {level.value: level for level in RegionLevel}
        return known.get(self.level.data or "", RegionLevel.county)


class AgencyForm(ContentForm):
    slug = StringField(_l("简称"))
    name = StringField(_l("名称"))
    region = SelectField(_l("负责的参保地"), validate_choice=False)
    parent = SelectField(_l("所在的市"), validate_choice=False)

    def offer(self, regions: list[Region], kept: str | None = None) -> None:
        """kept: the region the office has already, offered even if it can no longer be chosen anew."""
        insured = [r for r in regions if r.may_be_chosen or r.code == kept]
        cities = [r for r in regions if r.level in (RegionLevel.province, RegionLevel.city)]
        self.region.choices = [NONE, *((r.code, f"{r.name} {r.code}") for r in insured)]
        self.parent.choices = [("", _l("请选择")), *((r.code, f"{r.name} {r.code}") for r in cities)]


class HotlineForm(ContentForm):
    agency = SelectField(_l("经办机构"), validate_choice=False)
    phone = StringField(_l("号码"))
    label = StringField(_l("用途"))
    source = StringField(_l("来源"))
    is_checked = BooleanField(_l("今天拨打过，有人接"))

    def offer(self, agencies: list[Agency]) -> None:
        self.agency.choices = [(str(agency.id), agency.name) for agency in agencies]


class NewTextForm(ContentForm):
    kind = SelectField(_l("种类"), validate_choice=False)
    slug = StringField(_l("地址"))
    title = StringField(_l("标题"))

    def offer(self) -> None:
        self.kind.choices = [(kind.value, kind.label) for kind in HelpKind]

    @property
    def chosen_kind(self) -> HelpKind:
        known = {kind.value: kind for kind in HelpKind}
        return known.get(self.kind.data or "", HelpKind.question)


class TextForm(ContentForm):
    """edition: the one the writer saw when they began."""

    edition = HiddenField()
    title = StringField(_l("标题"))
    body = TextAreaField(_l("正文"))
    keywords = StringField(_l("搜索词"))
    position = IntegerField(_l("次序"))
    source = StringField(_l("来源"))
    last_checked = DayField(_l("核对日期"))

    def validate_position(self, field: Field) -> None:
        if field.data is None:
            field.errors = [_("次序请写数字，小的排在前面。")]


class NoticeTextForm(ContentForm):
    edition = HiddenField()
    language = HiddenField()
    title = StringField(_l("标题"))
    label = StringField(_l("方框旁边的一句话"))
    legal_basis = StringField(_l("法律依据"))
    body = TextAreaField(_l("正文"))


class ProposalForm(ContentForm):
    is_material = BooleanField(_l("有重要变化，请同意过的人重新看、重新决定"))


class LanguageForm(ContentForm):
    language = SelectField(_l("语言"), validate_choice=False)

    def offer(self, missing: list[str]) -> None:
        self.language.choices = [(language, NAMES[language]) for language in missing if language != SOURCE]


class DayOffForm(ContentForm):
    day = DayField(_l("日期"))
    name = StringField(_l("节日"))
    is_worked = BooleanField(_l("这一天上班（调休）"))


class YearFileForm(ContentForm):
    file = FileField(_l("放假通知（CSV 文件）"))


def number_of(text: str | None) -> int:
    """The number in a hidden field; 0 for anything that is not a number."""
    return int(text) if text and text.isascii() and text.isdigit() and len(text) < 10 else 0
