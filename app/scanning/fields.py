"""The fields of each call, defined once: requests are checked by this table and the OpenAPI schema is made from it."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

PLAIN_TEXT = r"^[^\u0000-\u001f\u007f-\u009f]*$"  # no control characters: they must not get into a log or a database
_HALF_PAIR = re.compile("[\ud800-\udfff]")  # JSON can contain half a surrogate pair; UTF-8 and the databases cannot


_compiled = cache(re.compile)


@dataclass(frozen=True, kw_only=True)
class Field:
    """path: the keys that lead to it, outermost first. Lengths in characters. `is_text` is False for a value that is not read."""

    path: tuple[str, ...]
    about: str
    example: Any
    is_required: bool = True
    is_text: bool = True
    shortest: int = 1
    longest: int | None = None
    pattern: str = PLAIN_TEXT
    choices: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        return ".".join(self.path)

    def is_fit(self, value: object) -> bool:
        if value is None:
            return not self.is_required
        if not self.is_text:
            return True
        if not isinstance(value, str):
            return False
        if self.choices:
            return value in self.choices
        if len(value) < self.shortest or (self.longest is not None and len(value) > self.longest):
            return False
        return not self.pattern or (_compiled(self.pattern).fullmatch(value) is not None and _HALF_PAIR.search(value) is None)

    def schema(self) -> dict[str, Any]:
        if not self.is_text:
            return {"description": self.about}
        schema: dict[str, Any] = {"type": "string" if self.is_required else ["string", "null"], "description": self.about}
        if self.choices:
            return schema | {"enum": [*self.choices] if self.is_required else [*self.choices, None]}
        if self.shortest:
            schema["minLength"] = self.shortest
        if self.longest is not None:
            schema["maxLength"] = self.longest
        return schema | {"pattern": self.pattern} if self.pattern else schema


def find_unfit(table: Sequence[Field], body: object) -> str:
    """The name of the first field that is wrong, or an empty string."""
    for field in table:
        value: object = body
        for depth, step in enumerate(field.path, 1):
            if not isinstance(value, dict):  # an object in JSON
                return ".".join(field.path[: depth - 1]) or field.name
            value = value.get(step)
        if not field.is_fit(value):
            return field.name
    return ""


def body_schema(table: Sequence[Field]) -> dict[str, Any]:
    """The JSON Schema of the whole body; unknown fields are allowed and ignored."""
    root: dict[str, Any] = {"type": "object", "properties": {}, "required": []}
    for field in table:
        place = root
        for step in field.path[:-1]:
            if step not in place["properties"]:
                place["properties"][step] = {"type": "object", "properties": {}, "required": []}
                place["required"].append(step)
            place = place["properties"][step]
        place["properties"][field.path[-1]] = field.schema()
        if field.is_required:
            place["required"].append(field.path[-1])
    return root


def body_example(table: Sequence[Field]) -> dict[str, Any]:
    root: dict[str, Any] = {}
    for field in table:
        place = root
        for step in field.path[:-1]:
            place = place.setdefault(step, {})
        place[field.path[-1]] = field.example
    return root
