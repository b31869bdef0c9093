"""The forms of the roster: a file, a search for a person, a new status."""

from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, FileField, HiddenField, RadioField, SelectChoice, SelectField, StringField
from wtforms.validators import InputRequired, Length

from app.core.forms import RefusableForm
from app.roster.identity import CERT_TYPES
from app.roster.models import InsuredStatus, StatusReason
from app.roster.service import ImportMode

STATUS_NAMES = {
    InsuredStatus.normal: _l("正常参保"),
    InsuredStatus.suspended: _l("暂停参保"),
    InsuredStatus.ended: _l("终止参保"),
    InsuredStatus.died: _l("已经离世"),
    InsuredStatus.moved: _l("关系已转出"),
}
REASON_NAMES = {
    StatusReason.asked: _l("本人或家属申请"),
    StatusReason.papers: _l("看到了证明材料"),
    StatusReason.other_office: _l("其他部门或外地医保通知"),
    StatusReason.correction: _l("更正登记错误"),
}


class RosterFileForm(RefusableForm):
    file = FileField(_l("名册文件"))
    ignored = StringField(_l("不导入的列（可以不填）"), [Length(max=300, message=_l("请少填一些列名。"))])


class ApplicationForm(RefusableForm):
    mode = RadioField(
        _l("有不能导入的行时"),
        choices=[
            SelectChoice(ImportMode.all.value, _l("一行都不导入，等我改好文件")),
            SelectChoice(ImportMode.good.value, _l("导入其余的行，不能导入的跳过")),
        ],
        validators=[InputRequired(message=_l("请选一种。"))],
    )


class UndoingForm(RefusableForm):
    confirmed = BooleanField(_l("我确认要撤销这次导入"), [InputRequired(message=_l("请先勾选，再撤销。"))])


class PersonSearchForm(RefusableForm):
    """Two ways to find a person; the button that was pressed says which one."""

    cert_type = SelectField(_l("证件类型"), choices=[SelectChoice(code, label) for code, label in CERT_TYPES.items()], default="01")
    number = StringField(_l("证件号码"))
    name = StringField(_l("姓名"))
    tail = StringField(_l("证件号码最后 4 位"))


class StatusForm(RefusableForm):
    seen = HiddenField(validators=[InputRequired()])
    status = RadioField(
        _l("改成"),
        choices=[SelectChoice(status.value, name) for status, name in STATUS_NAMES.items()],
        validators=[InputRequired(message=_l("请选一个状态。"))],
    )
    reason = RadioField(
        _l("依据"),
        choices=[SelectChoice(reason.value, name) for reason, name in REASON_NAMES.items()],
        validators=[InputRequired(message=_l("请选一项依据。"))],
    )
