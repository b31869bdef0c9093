"""What forms of several features have in common."""

from typing import Any

from flask_wtf import FlaskForm
from wtforms import Field
from wtforms.validators import ValidationError


class RefusableForm(FlaskForm):  # type: ignore[misc]
    """A form that shows what a service refuses beside the field where the person can mend it."""

    def refuse(self, field: Field | str, sentence: Any) -> bool:
        """field: itself, or its name as a DomainError has it. False when this form has no such field; then nothing is shown."""
        if isinstance(field, str):
            if field not in self:
                return False
            field = self[field]
        field.errors = [*field.errors, str(sentence)]
        return True


class Filled:
    """A validator: white space alone is nothing. sentence: what to do, translated when it is said."""

    def __init__(self, sentence: Any) -> None:
        self._sentence = sentence

    def __call__(self, _form: Any, field: Field) -> None:
        if not (field.data or "").strip():
            raise ValidationError(str(self._sentence))
