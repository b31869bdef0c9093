from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, PasswordField, RadioField, SelectChoice, SelectField, StringField

from app.core.forms import Form


class SampleForm(Form):
    """One field of every kind, for /styleguide; never submitted."""

    class Meta:
        csrf = False

    name = StringField(_l("姓名"))
    cert_no = StringField(_l("证件号码"))
    region = SelectField(_l("参保地"), choices=[SelectChoice("510699", _l("德阳市本级")), SelectChoice("510603", _l("旌阳区"))])
    way = RadioField(
        _l("怎么核验"), choices=[SelectChoice("face", _l("刷脸")), SelectChoice("counter", _l("柜台码"))], default="face"
    )
    pin = PasswordField(_l("展码密码"))
    consent = BooleanField(_l("我同意"))

    def mark_wrong(self) -> None:
        self.name.errors = [_l("请填姓名。")]
        self.cert_no.errors = [_l("身份证号最后一位对不上，请核对一遍。")]
        self.way.errors = [_l("请选一种方式。")]
        self.consent.errors = [_l("要同意以后才能继续。")]
