from collections.abc import Callable, Iterable, Sequence
from datetime import date
from typing import Any

from markupsafe import Markup

class SelectChoice:
    value: Any
    label: str
    def __init__(self, value: Any, label: Any = ..., render_kw: dict[str, Any] = ..., optgroup: Any = ...) -> None: ...

class Field:
    name: str
    id: str
    label: Any
    description: str
    errors: Sequence[str]
    raw_data: list[Any] | None
    render_kw: dict[str, Any] | None
    validators: Sequence[Any]
    data: Any
    def __init__(
        self,
        label: Any = ...,
        validators: Iterable[Callable[[Any, Any], object]] = ...,
        *,
        default: Any = ...,
        description: Any = ...,
        render_kw: dict[str, Any] = ...,
        **more: Any,
    ) -> None: ...
    def __call__(self, **attributes: Any) -> Markup: ...
    def process_data(self, value: Any) -> None: ...
    def validate(self, form: Any, extra_validators: Any = ...) -> bool: ...

class StringField(Field):
    data: str | None

class TextAreaField(StringField): ...
class PasswordField(StringField): ...
class HiddenField(StringField): ...

class BooleanField(Field):
    data: bool

class IntegerField(Field):
    data: int | None

class DateField(Field):
    data: date | None

class FileField(Field): ...
class MultipleFileField(FileField): ...

class SelectField(Field):  # what it holds depends on `coerce`
    choices: Any

class SelectMultipleField(SelectField): ...
class RadioField(SelectField): ...
