from flask_babel import lazy_gettext as _l
from wtforms import HiddenField, RadioField, StringField
from wtforms.fields import SelectChoice
from wtforms.validators import AnyOf, InputRequired, Length

from app.core.forms import Form
from app.letters.models import SignatureKind


class SignatureForm(Form):
    """One of three ways of signing; only the fields of the chosen way are looked at."""

    kind = RadioField(
        _l("怎样签名"),
        choices=[
            SelectChoice(SignatureKind.drawn.value, _l("在屏幕上手写")),
            SelectChoice(SignatureKind.typed.value, _l("输入姓名")),
            SelectChoice(SignatureKind.paper.value, _l("打印出来，手写签名后拍照")),
        ],
        validators=[
            InputRequired(_l("请选一种签名方式。")),
            AnyOf([kind.value for kind in SignatureKind], message=_l("请选一种签名方式。")),
        ],
        validate_choice=False,
    )
    strokes = HiddenField(_l("手写签名"), validators=[Length(max=120_000, message=_l("签名太复杂，请清除后重写。"))])
    typed_name = StringField(_l("您的姓名"), validators=[Length(max=60, message=_l("姓名最多 60 个字。"))])
