"""The form for trying other values of the risk rules of number matching."""

from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, IntegerField, SelectChoice, SelectField
from wtforms.validators import InputRequired, NumberRange

from app.core.forms import Form


def _whole(name: str, most: int) -> IntegerField:
    sentence = _l("请填 0 到 %(most)d 的整数，0 是不用这条。", most=most)
    return IntegerField(name, [InputRequired(sentence), NumberRange(0, most, sentence)])


class RiskRulesForm(Form):
    first_use = BooleanField(_l("第一次在这家机构用"))
    other_city_minutes = _whole(_l("多少分钟内在另一个城市用过"), 1440)
    pharmacies_a_day = _whole(_l("一天里多于几家药店"), 100)
    new_device_hours = _whole(_l("手机绑定不到多少小时"), 8760)
    min_rules = SelectField(_l("几条同时碰上才核对"), choices=[SelectChoice(n, str(n)) for n in range(1, 5)], coerce=int)
