"""The box that has to be ticked before something is taken out of service."""

from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import BooleanField
from wtforms.validators import InputRequired

from app.core.forms import RefusableForm


class EndingForm(RefusableForm):
    """label: the sentence beside the box. prefix: tells this form from the others on the page."""

    confirmed = BooleanField("", [InputRequired(message=_l("请先勾选，再停用。"))])

    def __init__(self, label: str, **options: Any) -> None:
        super().__init__(**options)
        self.confirmed.label.text = label
