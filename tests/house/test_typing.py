"""How often the types are told to look away: both numbers only fall. And whether the stubs of ours say what is there."""

import ast
import re
import tomllib
from importlib import import_module
from pathlib import Path

ROOT = Path(__file__).parents[2]
MOST_IGNORES = 9  # each a class of a library without types that ours extends
MOST_ANY = 380
_IGNORE = re.compile(r"#\s*type:\s*ignore")


def _read_by_mypy() -> list[Path]:
    told = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["mypy"]["files"]
    return [path for name in told for path in ([ROOT / name] if name.endswith(".py") else sorted((ROOT / name).rglob("*.py")))]


def _ignores(paths: list[Path]) -> list[str]:
    return [
        f"{path.relative_to(ROOT)}:{number}"
        for path in paths
        for number, line in enumerate(path.read_text().splitlines(), 1)
        if _IGNORE.search(line)
    ]


def test_the_types_are_overruled_seldom() -> None:
    found = _ignores(_read_by_mypy())

    assert len(found) <= MOST_IGNORES, "\n".join(found)


def test_nobody_overrules_a_checker_that_does_not_look() -> None:
    read = set(_read_by_mypy())
    others = [path for folder in ("tests", "bench", "migrations") for path in sorted((ROOT / folder).rglob("*.py"))]

    assert _ignores([path for path in others if path not in read and "node_modules" not in path.parts]) == []


def test_any_is_said_no_oftener_than_before() -> None:
    count = sum(
        isinstance(node, ast.Name) and node.id == "Any"
        for path in (ROOT / "app").rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text()))
    )

    assert count <= MOST_ANY


def test_our_stubs_name_only_what_the_libraries_have() -> None:
    folder = ROOT / "typings"
    missing = []
    for path in sorted(folder.rglob("*.pyi")):
        parts = path.relative_to(folder).with_suffix("").parts
        module = import_module(".".join(part for part in parts if part != "__init__"))
        for node in ast.parse(path.read_text()).body:
            if not isinstance(node, ast.ClassDef | ast.FunctionDef) or node.name.startswith("_"):
                continue
            found = getattr(module, node.name, None)
            members = [one.name for one in getattr(node, "body", []) if isinstance(one, ast.FunctionDef)]
            missing += [f"{path.name}: {node.name}"] if found is None else []
            missing += [f"{path.name}: {node.name}.{name}" for name in members if found is not None and not hasattr(found, name)]

    assert missing == []
