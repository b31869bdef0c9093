"""An agent's forms: the search for the caller, and a message to their inbox."""

from flask_babel import lazy_gettext as _l
from wtforms import StringField, TextAreaField

from app.core.forms import Form, RefusableForm


class SearchForm(RefusableForm):
    """Three ways to find a person; the button that was pressed says which one."""

    phone = StringField(_l("手机号"))
    name = StringField(_l("姓名"))
    tail = StringField(_l("证件号码最后 4 位"))
    help_code = StringField(_l("求助码"))


class MessageForm(Form):
    text = TextAreaField(_l("给参保人的留言"))
