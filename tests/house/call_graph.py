"""Who calls whom in app/, as far as names tell: functions by `module:name`, followed through imports and packages' own lists."""

import ast
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

APP = Path(__file__).parents[2] / "app"


@dataclass(frozen=True)
class Function:
    module: str
    name: str
    node: ast.FunctionDef
    line: int


@dataclass
class Module:
    name: str
    functions: dict[str, Function] = field(default_factory=dict)
    names: dict[str, str] = field(default_factory=dict)  # what a name stands for: `app.core.db:transaction`, or a module


@cache
def modules() -> dict[str, Module]:
    """Every module of the app."""
    found = {}
    for path in sorted(APP.rglob("*.py")):
        parts = path.relative_to(APP.parent).with_suffix("").parts
        name = ".".join(parts[:-1] if parts[-1] == "__init__" else parts)
        module = found[name] = Module(name)
        for node in ast.parse(path.read_text()).body:
            if isinstance(node, ast.FunctionDef):
                module.functions[node.name] = Function(name, node.name, node, node.lineno)
            elif isinstance(node, ast.ImportFrom) and node.module:
                module.names |= {alias.asname or alias.name: f"{node.module}:{alias.name}" for alias in node.names}
    return found


def resolve(name: str) -> str:
    """`app.x:f` as the module that defines it says it; a module's own name when it is one."""
    module, _, wanted = name.partition(":")
    if f"{module}.{wanted}" in modules():
        return f"{module}.{wanted}"
    known = modules().get(module)
    if known is not None and wanted not in known.functions and wanted in known.names:
        return resolve(known.names[wanted])
    return name


def calls_of(function: Function) -> Iterator[str]:
    """`module:name` of what it calls, of libraries too."""
    names = modules()[function.module].names
    own = modules()[function.module].functions
    for node in ast.walk(function.node):
        if not isinstance(node, ast.Call):
            continue
        called = node.func
        if isinstance(called, ast.Name):
            yield f"{function.module}:{called.id}" if called.id in own else resolve(names.get(called.id, f"?:{called.id}"))
        elif isinstance(called, ast.Attribute):
            holder = called.value
            place = resolve(names[holder.id]) if isinstance(holder, ast.Name) and holder.id in names else "?"
            yield resolve(f"{place}:{called.attr}") if ":" not in place else f"{place}.{called.attr}"
