"""What forms of several features have in common."""

from typing import Any

from flask_babel import gettext as _
from flask_wtf import FlaskForm
from wtforms import Field, HiddenField, StringField, TextAreaField
from wtforms.validators import ValidationError

from app.core.text import LONGEST_LINE


class Form(FlaskForm):
    """The base of every form. The length of one-line fields is checked before anything reads them, because normalising a text costs
    more than storing it."""

    def validate(self, extra_validators: Any = None) -> bool:
        too_long = [field for field in self if _is_one_line(field) and len(field.data or "") > LONGEST_LINE]
        for field in too_long:
            field.data = field.data[:LONGEST_LINE]
        is_valid = bool(super().validate(extra_validators))
        for field in too_long:
            field.errors = [_("这一栏最多 %(count)s 个字，请写短一些。", count=LONGEST_LINE)]
        return is_valid and not too_long


class RefusableForm(Form):
    """A form that shows a service's refusal beside the field in which the person can correct it."""

    def refuse(self, field: Field | str, sentence: Any) -> bool:
        """field: the field or its name, as in DomainError. False when this form has no such field; then nothing is shown."""
        if isinstance(field, str):
            if field not in self:
                return False
            field = self[field]
        field.errors = [*field.errors, str(sentence)]
        return True


class Filled:
    """A validator that refuses an empty field or only white space. sentence: what to do, translated when it is shown."""

    def __init__(self, sentence: Any) -> None:
        self._sentence = sentence

    def __call__(self, _form: Any, field: Field) -> None:
        if not (field.data or "").strip():
            raise ValidationError(str(self._sentence))


def _is_one_line(field: Field) -> bool:
    return isinstance(field, StringField) and not isinstance(field, HiddenField | TextAreaField)
