from collections.abc import Callable, Collection
from typing import Any

from wtforms.fields import Field

class ValidationError(ValueError):
    def __init__(self, message: Any = ..., *args: Any) -> None: ...

class _Validator:
    def __call__(self, form: Any, field: Field) -> None: ...

class InputRequired(_Validator):
    def __init__(self, message: Any = ...) -> None: ...

class Length(_Validator):
    def __init__(self, min: int = ..., max: int = ..., message: Any = ...) -> None: ...

class NumberRange(_Validator):
    def __init__(self, min: float | None = ..., max: float | None = ..., message: Any = ...) -> None: ...

class AnyOf(_Validator):
    def __init__(
        self, values: Collection[Any], message: Any = ..., values_formatter: Callable[[Collection[Any]], str] | None = ...
    ) -> None: ...
