"""The forms of the first run, when a bureau is set up."""

from flask_babel import lazy_gettext as _l
from flask_wtf.file import FileField
from wtforms import SelectField, SelectMultipleField, StringField

from app.core.forms import RefusableForm


class EntryForm(RefusableForm):
    code = StringField(_l("设置码"))


class NameForm(RefusableForm):
    name = StringField(_l("医保局名称"))
    icp = StringField(_l("ICP 备案号"))
    police = StringField(_l("公安备案号"))


class RegionsForm(RefusableForm):
    cities = SelectMultipleField(_l("从现成的名单里选城市"), choices=[], validate_choice=False)
    file = FileField(_l("或者用自己的名单（CSV）"))


class OfficeForm(RefusableForm):
    slug = StringField(_l("简称"))
    name = StringField(_l("机构名称"))
    region = SelectField(_l("负责的地区"), validate_choice=False)
    phone = StringField(_l("咨询电话"))


class FirstStaffForm(RefusableForm):
    agency = SelectField(_l("单位"), validate_choice=False)
    sysadmin_username = StringField(_l("系统管理员的用户名"))
    sysadmin_name = StringField(_l("系统管理员的姓名"))
    secadmin_username = StringField(_l("安全管理员的用户名"))
    secadmin_name = StringField(_l("安全管理员的姓名"))
    auditadmin_username = StringField(_l("审计管理员的用户名"))
    auditadmin_name = StringField(_l("审计管理员的姓名"))
