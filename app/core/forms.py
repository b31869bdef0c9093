"""What forms of several features have in common."""

from typing import Any

from flask_wtf import FlaskForm
from wtforms import Field


class RefusableForm(FlaskForm):  # type: ignore[misc]
    """A form that shows what a service refuses beside the field where the person can mend it."""

    def refuse(self, field: Field, sentence: Any) -> None:
        """sentence: a text, or one that is translated when it is shown."""
        field.errors = [*field.errors, str(sentence)]

    def refuse_named(self, name: str, sentence: Any) -> bool:
        """The same by the name a DomainError gives the field; False when that field is not here."""
        if name not in self:
            return False
        self.refuse(self[name], sentence)
        return True
