"""docs/data-model.md: a picture and a line for each table, made from the models. `make documents` writes it anew.

`tests/house/test_documents.py` holds the file equal to what is made here.
"""

import inspect
import re
import tempfile
import tomllib
from pathlib import Path

from sqlalchemy import Column, Table, TypeDecorator

from app import create_app
from app.core.db import Base
from tests.kit.settings import make_settings

ROOT = Path(__file__).parents[2]
DOCUMENT = ROOT / "docs/data-model.md"

_HEAD = """\
# The data model

Made by `make documents` from the models; do not edit it by hand. What a table holds is said by its model's docstring.

The pictures show tables, their keys and where foreign keys lead: from the row that points to the row it points at; `o|` says that
it may point at none. A foreign key names a table and imports nothing, so that it may lead to a feature that stands higher, as a
slip's leads to its institution.

*Sealed* columns are encrypted under DATA_KEY: numbers of documents and telephones, letters, notes, what people have typed so far.
Where such a number must be found, a column with its keyed hash stands beside it.

## The features

Which tables a feature owns, and at which tables of others its rows point. Features that are not in the picture have no table.
"""


def _features() -> list[str]:
    """Lowest first, as docs/architecture.md lists them."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    layers = project["tool"]["importlinter"]["contracts"][0]["layers"]
    return [layer.removeprefix("app.") for layer in reversed(layers)]


def _tables() -> dict[str, list[tuple[type, Table]]]:
    """feature -> its models and their tables, in the order of their names."""
    found: dict[str, list[tuple[type, Table]]] = {feature: [] for feature in _features()}
    for mapper in Base.registry.mappers:
        parts = mapper.class_.__module__.split(".")
        if parts[0] == "app" and isinstance(mapper.local_table, Table):
            found[parts[1]].append((mapper.class_, mapper.local_table))
    return {feature: sorted(those, key=lambda each: each[1].name) for feature, those in found.items() if those}


def _what_it_holds(model: type) -> str:
    """The first paragraph of its docstring; a dataclass without one describes its own fields, which says nothing."""
    said = vars(model).get("__doc__") or ""
    if said.startswith(f"{model.__name__}("):
        raise ValueError(f"{model.__module__}.{model.__name__} has no docstring that says what its table holds")
    return re.sub(r"\s+", " ", inspect.cleandoc(said).split("\n\n")[0])


def _is_sealed(column: Column[object]) -> bool:
    return bool({"sealed", "encrypted"} & column.info.keys()) or column.name.endswith("_encrypted")


def _marks(column: Column[object]) -> str:
    marks = [mark for mark, holds in (("PK", column.primary_key), ("FK", bool(column.foreign_keys))) if holds]
    return f"    {'bytes' if _is_sealed(column) else _kind(column)} {column.name} {', '.join(marks)}".rstrip()


def _kind(column: Column[object]) -> str:
    kind = column.type.impl_instance if isinstance(column.type, TypeDecorator) else column.type
    return kind.python_type.__name__


def _arrow(column: Column[object], target: str) -> str:
    return f"  {column.table.name} }}o--{'o|' if column.nullable else '||'} {target} : {column.name}"


def _targets(column: Column[object]) -> list[str]:
    return sorted(key.column.table.name for key in column.foreign_keys)


def _picture_of_features(tables: dict[str, list[tuple[type, Table]]]) -> list[str]:
    owner = {table.name: feature for feature, those in tables.items() for _model, table in those}
    lines = ["```mermaid", "erDiagram"]
    for feature, those in tables.items():
        lines += [f"  {feature} {{", *(f"    table {table.name}" for _model, table in those), "  }"]
    for feature, those in tables.items():
        pointed_at: dict[str, set[str]] = {}
        for target in (t for _model, table in those for column in table.columns for t in _targets(column)):
            if owner[target] != feature:
                pointed_at.setdefault(owner[target], set()).add(target)
        lines += [f'  {feature} }}o--|| {other} : "{", ".join(sorted(names))}"' for other, names in sorted(pointed_at.items())]
    return [*lines, "```"]


def _picture_of(feature: list[tuple[type, Table]]) -> list[str]:
    lines = ["```mermaid", "erDiagram"]
    for _model, table in feature:
        keys = [column for column in table.columns if column.primary_key or column.foreign_keys]
        lines += [f"  {table.name} {{", *map(_marks, keys), "  }"]
        lines += [_arrow(column, target) for column in keys for target in _targets(column)]
    return [*lines, "```"]


def _line_of(model: type, table: Table) -> str:
    sealed = ", ".join(f"`{column.name}`" for column in table.columns if _is_sealed(column))
    return f"| `{table.name}` | {_what_it_holds(model).replace('|', chr(92) + '|')} | {sealed} |"


def made() -> str:
    """The whole document, of the models that an app has loaded. Raises ValueError for a model without a docstring."""
    tables = _tables()
    lines = [_HEAD, *_picture_of_features(tables)]
    for feature, those in tables.items():
        lines += ["", f"## {feature}", "", *_picture_of(those)]
        lines += ["", "| table | holds | sealed |", "|---|---|---|", *(_line_of(model, table) for model, table in those)]
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    create_app(make_settings(database_url="sqlite://", instance_path=Path(tempfile.mkdtemp())))
    DOCUMENT.write_text(made())
    print(f"{DOCUMENT.relative_to(ROOT)}: {len(Base.metadata.tables)} tables")
